// The logs that processes read: their own, and those of others.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "crypto/log_source.h"
#include "services/checkpointer.h"

namespace touchstone::services {

/// What a node of this process publishes.
std::unique_ptr<crypto::LogSource> SourceOf(std::shared_ptr<const Published> published);

/// Which checkpoint of a server counts: the last that a quorum of its witnesses has cosigned, or the newest.
enum class Newest { kCosigned, kSigned };

/// What a server shows under `url`, as http://127.0.0.1:7471: a node, or whatever serves an exported tree. BAD_URL
/// (INVALID_ARGUMENT) for anything but http://host:port and perhaps a path. Reading it fails with SOURCE_UNREACHABLE
/// (UNAVAILABLE), SOURCE_ANSWER (UNAVAILABLE) for another status than 200, with what the server says.
absl::StatusOr<std::unique_ptr<crypto::LogSource>> SourceAt(const std::string& url, Newest newest = Newest::kCosigned);

/// The same under a URL, or what `touchstoned export` wrote into a directory, under a path. BAD_URL as above; reading
/// files fails as ReadFile.
absl::StatusOr<std::unique_ptr<crypto::LogSource>> SourceIn(const std::string& url_or_directory);

}  // namespace touchstone::services
