// Structured logs on standard error: one line an event, a message and named values, as text or as JSON.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace touchstone::services {

enum class LogFormat { kText, kJson };
enum class LogLevel { kDebug, kInfo, kWarning, kError };

/// Named values of a line. No secrets, and no personal data.
using LogFields = std::initializer_list<std::pair<std::string_view, std::string>>;

/// Sets what is logged from now on; info and text before the first call. To be called before there are threads.
void ConfigureLogging(LogLevel level, LogFormat format);

/// Thread-safe, as are all below.
void Log(LogLevel level, std::string_view message, LogFields fields = {});

inline void LogInfo(std::string_view message, LogFields fields = {}) { Log(LogLevel::kInfo, message, fields); }
inline void LogWarning(std::string_view message, LogFields fields = {}) { Log(LogLevel::kWarning, message, fields); }
inline void LogError(std::string_view message, LogFields fields = {}) { Log(LogLevel::kError, message, fields); }

}  // namespace touchstone::services
