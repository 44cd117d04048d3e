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

std::string HandOverPath(const std::string& data_dir) { return data_dir + "/hand-over"; }

std::string TrustPath(const std::string& data_dir) { return data_dir + "/trust.toml"; }

absl::StatusOr<std::vector<crypto::NoteSigner>> ReadLogKeyFiles(const std::string& data_dir,
                                                                const std::vector<std::string>& more) {
  std::vector<crypto::NoteSigner> signers;
  std::vector<std::string> files = more;
  files.insert(files.begin(), LogKeyPath(data_dir));
  for (const std::string& file : files) {
    const absl::StatusOr<std::string> text = ReadPrivateFile(file, limits::kMaxKeyFileBytes);
    if (absl::IsNotFound(text.status()) && file == files.front() && !more.empty()) continue;
    TS_RETURN_IF_ERROR(text.status());
    absl::StatusOr<crypto::NoteSigner> signer = crypto::ParseKeyFile(*text);
    if (!signer.ok()) return InField(file, signer.status());
    signers.push_back(*std::move(signer));
  }
  return signers;
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
