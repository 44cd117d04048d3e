// What the commands about registered things share: showing one, listing all, ending one.
#pragma once

#include <string>
#include <vector>

#include "cli/context.h"
#include "cli/options.h"
#include "cli/time.h"

namespace touchstone::cli {

/// Prints one record, with the size of the log that it was read at.
ExitCode ShowRecord(Context& context, const google::protobuf::Message& record, uint64_t as_of_size);

/// Prints records as an array, or one line for each.
template <typename Record, typename Line>
ExitCode PrintList(Context& context, const std::vector<Record>& records, const Line& line) {
  Json json = Json::array();
  std::string text;
  for (const Record& record : records) {
    json.push_back(ToJson(record));
    text += line(record) + "\n";
  }
  context.output().Result(json, text);
  return ExitCode::kDone;
}

/// Every page of a list method: `call` asks for one, `records_of` finds its records.
template <typename Record, typename Request, typename Call, typename RecordsOf>
absl::StatusOr<std::vector<Record>> ListAll(Request request, const Call& call, const RecordsOf& records_of) {
  std::vector<Record> all;
  do {
    TS_ASSIGN_OR_RETURN(const auto page, call(request));
    const auto& records = records_of(page);
    all.insert(all.end(), records.begin(), records.end());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return all;
}

/// The options --cause and --effective of an event that ends something; without --effective it ends when it occurs.
template <typename Body>
void AddEnding(const EventCommand& ending, Body* body) {
  AddWord<v1::EndCause>(ending.command, "--cause", "Why it ends; only annulment reaches back",
                        [body](v1::EndCause cause) { body->set_cause(cause); })
      ->required();
  AddValue<int64_t>(ending.command, "--effective", "TIME", "From when on; a date is its first moment in UTC",
                    &ParseTimeOrDate, [body](int64_t us) { body->set_effective_at_us(us); })
      ->required();
}

/// --from and --until of something that holds for a period.
template <typename Body>
void AddValidity(CLI::App* command, Body* body) {
  AddValue<int64_t>(command, "--from", "TIME", "Holds from (inclusive)", &ParseTimeOrDate, [body](int64_t us) {
    body->set_valid_from_us(us);
  })->required();
  AddValue<int64_t>(command, "--until", "TIME", "Holds until (exclusive)", &ParseTimeOrDate, [body](int64_t us) {
    body->set_valid_until_us(us);
  })->required();
}

/// The help of --disclosures.
inline constexpr char kDisclosuresHelp[] =
    "Gets the lines that open the commitments; keep it, losing it cannot be undone";

/// --document, repeatable, for a body that carries documents.
template <typename Body>
void AddDocuments(CLI::App* command, Body* body) {
  AddValues<v1::DocumentRef>(command, "--document", "FILE[=TITLE]",
                             "Paper behind it: only its SHA-256 and length enter the log; repeatable", &ParseDocument,
                             [body](const v1::DocumentRef& document) { *body->add_documents() = document; });
}

}  // namespace touchstone::cli
