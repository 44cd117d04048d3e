#include "services/ledger_dir.h"

#include <sstream>

#include "base/encoding.h"
#include "base/files.h"
#include "base/limits.h"
#include "base/status.h"
#include "crypto/key_file.h"
#include "toml++/toml.h"

namespace touchstone::services {

std::string LogKeyPath(const std::string& data_dir) { return data_dir + "/log.key"; }

std::string CosignedPath(const std::string& data_dir) { return data_dir + "/cosigned"; }

std::string FollowedPath(const std::string& data_dir) { return data_dir + "/followed"; }

std::string ForkPath(const std::string& data_dir) { return data_dir + "/fork"; }

std::string TrustPath(const std::string& data_dir) { return data_dir + "/trust.toml"; }

absl::StatusOr<crypto::NoteSigner> ReadLogKey(const std::string& data_dir) {
  TS_ASSIGN_OR_RETURN(const std::string text, ReadPrivateFile(LogKeyPath(data_dir), limits::kMaxKeyFileBytes));
  return crypto::ParseKeyFile(text);
}

absl::Status WriteLogKey(const std::string& data_dir, const crypto::NoteSigner& signer) {
  return WriteFileAtomically(LogKeyPath(data_dir), crypto::FormatKeyFile(signer).view(), 0600, IfExists::kRefuse);
}

std::string FormatTrust(const TrustAnchor& anchor) {
  std::ostringstream text;
  text << "# Give this file to whoever verifies this ledger. Nothing in it is secret.\n"
       << toml::table{{"origin", anchor.origin},
                      {"genesis", HexEncode(anchor.genesis_id.view())},
                      {"log_key", anchor.log_vkey}}
       << "\n";
  return text.str();
}

absl::Status WriteTrust(const std::string& data_dir, const TrustAnchor& anchor) {
  return WriteFileAtomically(TrustPath(data_dir), FormatTrust(anchor), 0644);
}

}  // namespace touchstone::services
