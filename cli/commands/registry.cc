#include "cli/commands/registry.h"

#include "fmt/format.h"

namespace touchstone::cli {

ExitCode ShowRecord(Context& context, const google::protobuf::Message& record, uint64_t as_of_size) {
  Json json = ToJson(record);
  json["as_of_size"] = as_of_size;
  context.output().Result(json, ToText(record) + fmt::format("as of: {} entries\n", as_of_size));
  return ExitCode::kDone;
}

}  // namespace touchstone::cli
