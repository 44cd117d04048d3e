// The groups of commands. Each function declares one of them; what they do is told in their help.
#pragma once

#include "cli/options.h"

namespace touchstone::cli {

void AddKeyCommands(CommandTree& tree);
void AddPartyCommands(CommandTree& tree);
void AddSiteCommands(CommandTree& tree);
void AddLicenceCommands(CommandTree& tree);
void AddAttestCommands(CommandTree& tree);
void AddPolicyCommands(CommandTree& tree);
void AddLotCommands(CommandTree& tree);
void AddAccountCommands(CommandTree& tree);
void AddStocktakeCommand(CommandTree& tree);
void AddEventCommands(CommandTree& tree);
void AddClaimCommands(CommandTree& tree);
void AddSignCommand(CommandTree& tree);
void AddSubmitCommand(CommandTree& tree);
void AddProvenanceCommands(CommandTree& tree);  // trace, evaluate, bundle, verify
void AddVerifyCommand(CommandTree& tree);
void AddLineageCommands(CommandTree& tree);  // origin, custody, affected
void AddLogCommands(CommandTree& tree);
void AddAuditCommands(CommandTree& tree);
void AddCompletionCommand(CommandTree& tree);

}  // namespace touchstone::cli
