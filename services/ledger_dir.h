// A ledger directory as a node keeps it: the store's own files, and beside them the log's key and what others may
// trust.
//
//   db/, lock, mark   storage's; see storage/FORMAT.md
//   log.key           the private key that signs checkpoints, mode 0600; further ones lie where the configuration says
//   hand-over/        for each rotation of that key a checkpoint that both keys signed, named by the entry's index
//   cosigned          the last checkpoint that a quorum of witnesses has cosigned, when there are any
//   followed          of a copy: the last checkpoint that it followed
//   fork              of a copy: two checkpoints that the log signed and that no one log can be, when it ever did
//   trust.toml        the origin, the genesis id and the log's public key: what verifiers are given; nothing secret
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/hash.h"
#include "crypto/note_key.h"

namespace touchstone::services {

std::string LogKeyPath(const std::string& data_dir);
std::string TrustPath(const std::string& data_dir);
std::string CosignedPath(const std::string& data_dir);
std::string FollowedPath(const std::string& data_dir);
std::string ForkPath(const std::string& data_dir);
std::string HandOverPath(const std::string& data_dir);

/// Reads the log's keys: log.key, unless only `more` are there, and those in the files `more`. Errors as
/// ReadPrivateFile and crypto::ParseKeyFile.
absl::StatusOr<std::vector<crypto::NoteSigner>> ReadLogKeyFiles(const std::string& data_dir,
                                                                const std::vector<std::string>& more);
/// Writes it, never over another one.
absl::Status WriteLogKey(const std::string& data_dir, const crypto::NoteSigner& signer);

/// What a verifier has to know of a ledger.
struct TrustAnchor {
  std::string origin;
  crypto::Hash genesis_id;
  std::string log_vkey;
};

/// The text of a trust file.
std::string FormatTrust(const TrustAnchor& anchor);
absl::Status WriteTrust(const std::string& data_dir, const TrustAnchor& anchor);

}  // namespace touchstone::services
