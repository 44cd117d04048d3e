#include "services/logging.h"

#include <memory>

#include "base/encoding.h"
#include "nlohmann/json.hpp"
#include "spdlog/sinks/stdout_sinks.h"
#include "spdlog/spdlog.h"

namespace touchstone::services {
namespace {

spdlog::level::level_enum ToSpdlog(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarning:
      return spdlog::level::warn;
    case LogLevel::kError:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

struct Logger {
  LogFormat format = LogFormat::kText;
  std::shared_ptr<spdlog::logger> sink = Make(LogLevel::kInfo, LogFormat::kText);

  static std::shared_ptr<spdlog::logger> Make(LogLevel level, LogFormat format) {
    auto logger = std::make_shared<spdlog::logger>("touchstoned", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    logger->set_level(ToSpdlog(level));
    logger->flush_on(spdlog::level::debug);
    // In JSON the message is the rest of an object that the pattern opens.
    logger->set_pattern(format == LogFormat::kJson ? R"({"time":"%Y-%m-%dT%H:%M:%S.%fZ","level":"%l",%v})"
                                                   : "%Y-%m-%dT%H:%M:%S.%fZ %-7l %v",
                        spdlog::pattern_time_type::utc);
    return logger;
  }
};

Logger& TheLogger() {
  static Logger* const logger = new Logger;  // never destroyed: threads may log to the very end
  return *logger;
}

/// A JSON string, whatever bytes `text` has.
std::string Quoted(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', /*ensure_ascii=*/false, nlohmann::json::error_handler_t::replace);
}

std::string JsonLine(std::string_view message, LogFields fields) {
  std::string line = "\"message\":" + Quoted(message);
  for (const auto& [name, value] : fields) line.append(",").append(Quoted(name)).append(":").append(Quoted(value));
  return line;
}

std::string TextLine(std::string_view message, LogFields fields) {
  std::string line(message);
  for (const auto& [name, value] : fields) line.append(" ").append(name).append("=").append(Quoted(value));
  return line;
}

}  // namespace

void ConfigureLogging(LogLevel level, LogFormat format) {
  TheLogger().format = format;
  TheLogger().sink = Logger::Make(level, format);
}

void Log(LogLevel level, std::string_view message, LogFields fields) {
  const Logger& logger = TheLogger();
  logger.sink->log(ToSpdlog(level),
                   logger.format == LogFormat::kJson ? JsonLine(message, fields) : TextLine(message, fields));
}

}  // namespace touchstone::services
