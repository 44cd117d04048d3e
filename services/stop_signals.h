// SIGTERM and SIGINT, which ask a process to come to its end.
#pragma once

#include <csignal>

namespace touchstone::services {

/// Blocks them, in every thread that is started afterwards: to be called before there are threads.
sigset_t BlockStopSignals();

/// Returns when one of them has come.
void AwaitStopSignal(const sigset_t& signals);

}  // namespace touchstone::services
