// The gateway described for programs: an OpenAPI 3.0 document made from the schema and the table of methods.
#pragma once

#include <string>

#include "services/config.h"

namespace touchstone::services {

/// The document, as JSON, of a node whose services are those of `config`.
std::string OpenApiDocument(const Config& config);

}  // namespace touchstone::services
