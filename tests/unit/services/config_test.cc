#include "services/config.h"

#include "base/files.h"
#include "base/limits.h"
#include "base/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace touchstone::services {
namespace {

using ::testing::HasSubstr;

TEST(Config, ExampleHasEveryKeyWithItsDefault) {
  const absl::StatusOr<std::string> example = ReadFile(TOUCHSTONE_EXAMPLE_CONFIG, limits::kMaxConfigBytes);
  ASSERT_TRUE(example.ok());
  const absl::StatusOr<Config> config = ParseConfig(*example, "example");
  ASSERT_TRUE(config.ok()) << config.status();
  Config defaults;
  defaults.data_dir = "/var/lib/touchstone";
  EXPECT_EQ(*config, defaults);
  for (const Setting& setting : Settings()) {
    EXPECT_THAT(*example, HasSubstr("\n" + std::string(setting.key) + " = ")) << setting.key;
  }
}

TEST(Config, ReadsEveryType) {
  const absl::StatusOr<Config> config = ParseConfig(
      "data_dir = \"d\"\nthreads = 3\ninsecure = true\nservices = [\"log\", \"custody\"]\nlog_format = \"json\"\n",
      "f");
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->data_dir, "d");
  EXPECT_EQ(config->threads, 3);
  EXPECT_TRUE(config->insecure);
  EXPECT_EQ(config->services, (std::set<ServiceName>{ServiceName::kCustody, ServiceName::kLog}));
  EXPECT_EQ(config->log_format, LogFormat::kJson);
}

TEST(Config, KeepsWhatTheFileDoesNotName) {
  Config before;
  before.threads = 7;
  EXPECT_EQ(ParseConfig("", "f", before)->threads, 7);
}

struct BadConfig {
  const char* toml;
  const char* reason;
  const char* field;
  const char* at;
};

TEST(Config, WrongFilesAreRefusedNamingKeyAndLine) {
  const BadConfig cases[] = {
      {"data_dir = \"d\"\ncolour = 1\n", "CONFIG_UNKNOWN_KEY", "colour", "f.toml:2:"},
      {"[custody]\n", "CONFIG_UNKNOWN_KEY", "custody", "f.toml:1:"},
      {"threads = \"3\"\n", "CONFIG_VALUE", "threads", "f.toml:1:"},
      {"threads = -1\n", "CONFIG_VALUE", "threads", "f.toml:1:"},
      {"threads = 257\n", "CONFIG_VALUE", "threads", "f.toml:1:"},
      {"data_dir = 3\n", "CONFIG_VALUE", "data_dir", "f.toml:1:"},
      {"\ninsecure = \"yes\"\n", "CONFIG_VALUE", "insecure", "f.toml:2:"},
      {"services = []\n", "CONFIG_VALUE", "services", "f.toml:1:"},
      {"services = [\"log\", \"log\"]\n", "CONFIG_VALUE", "services", "f.toml:1:"},
      {"services = [\"web\"]\n", "CONFIG_VALUE", "services", "f.toml:1:"},
      {"services = [1]\n", "CONFIG_VALUE", "services", "f.toml:1:"},
      {"log_level = \"loud\"\n", "CONFIG_VALUE", "log_level", "f.toml:1:"},
      {"log_format = \"xml\"\n", "CONFIG_VALUE", "log_format", "f.toml:1:"},
      {"grpc_listen = \"7470\"\n", "CONFIG_VALUE", "grpc_listen", "f.toml:1:"},
      {"grpc_listen = \"\"\n", "CONFIG_VALUE", "grpc_listen", "f.toml:1:"},
      {"http_listen = \"7471\"\n", "CONFIG_VALUE", "http_listen", "f.toml:1:"},
      {"block_cache_mib = 0\n", "CONFIG_VALUE", "block_cache_mib", "f.toml:1:"},
      {"shutdown_grace_ms = 0.5\n", "CONFIG_VALUE", "shutdown_grace_ms", "f.toml:1:"},
      {"data_dir = \"d\"\ndata_dir = \"e\"\n", "CONFIG_SYNTAX", "", "f.toml:2:"},
      {"data_dir = \n", "CONFIG_SYNTAX", "", "f.toml:1:"},
  };
  for (const BadConfig& c : cases) {
    const absl::Status error = ParseConfig(c.toml, "f.toml").status();
    EXPECT_EQ(ReasonOf(error), c.reason) << c.toml;
    EXPECT_EQ(FieldOf(error), c.field) << c.toml;
    EXPECT_THAT(std::string(MessageOf(error)), HasSubstr(c.at)) << c.toml;
  }
}

Config Listening(std::string_view address) {
  Config config;
  config.data_dir = "d";
  config.grpc_listen = address;
  return config;
}

TEST(Config, ListensOnLoopbackWithoutMore) {
  for (const char* address : {"127.0.0.1:7470", "127.8.8.8:1", "[::1]:0", "localhost:7470"}) {
    EXPECT_TRUE(CheckConfig(Listening(address)).ok()) << address;
  }
}

TEST(Config, ListensBeyondLoopbackOnlyWithTlsOrOnDemand) {
  for (const char* address : {"0.0.0.0:7470", "[::]:7470", "gold.example:7470", "128.0.0.1:1"}) {
    Config config = Listening(address);
    EXPECT_EQ(ReasonOf(CheckConfig(config)), "INSECURE_LISTEN") << address;
    config.insecure = true;
    EXPECT_TRUE(CheckConfig(config).ok()) << address;
    config.insecure = false;
    config.tls_cert = "c.pem";
    EXPECT_EQ(FieldOf(CheckConfig(config)), "tls_key") << address;
    config.tls_key = "k.pem";
    EXPECT_TRUE(CheckConfig(config).ok()) << address;
  }
}

TEST(Config, HttpBeyondLoopbackNeedsInsecureWhateverTlsThereIs) {
  Config config;
  config.data_dir = "d";
  config.tls_cert = "c.pem";
  config.tls_key = "k.pem";
  config.http_listen = "0.0.0.0:7471";
  EXPECT_EQ(ReasonOf(CheckConfig(config)), "INSECURE_LISTEN");
  EXPECT_EQ(FieldOf(CheckConfig(config)), "http_listen");
  config.insecure = true;
  EXPECT_TRUE(CheckConfig(config).ok());
  config.insecure = false;
  for (const char* address : {"127.0.0.1:0", "[::1]:7471", "localhost:7471", ""}) {
    config.http_listen = address;
    EXPECT_TRUE(CheckConfig(config).ok()) << address;
  }
}

TEST(Config, NeedsADirectory) { EXPECT_EQ(FieldOf(CheckConfig(Config())), "data_dir"); }

TEST(ListenAddress, IsHostAndPort) {
  EXPECT_EQ(ParseListenAddress("[::1]:65535")->host, "::1");
  EXPECT_EQ(ParseListenAddress("[::1]:65535")->port, 65535);
  EXPECT_EQ(ParseListenAddress("h:0")->port, 0);
  for (const char* text : {"", ":1", "h", "h:", "h:65536", "h:-1", "h:1x", "::1:5"}) {
    EXPECT_EQ(ReasonOf(ParseListenAddress(text).status()), "CONFIG_VALUE") << text;
  }
}

}  // namespace
}  // namespace touchstone::services
