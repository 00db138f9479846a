#pragma once
/// JSON log lines: one object a line on standard error. Nothing that may hold patient data can be given to it.

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>

namespace causeway::log {

/// Normal operation logs only changes of state at `info`; `error` means that data is at risk.
enum class Level { debug, info, warning, error };

/// One field of a line. Values are names from the configuration, ids, counts, codes and times, never contents of a
/// message: a Payload does not convert.
struct Field {
    Field(std::string_view n, std::string_view v) : name(n), text(v), quoted(true) {}
    Field(std::string_view n, const char* v) : Field(n, std::string_view(v)) {}
    Field(std::string_view n, const std::string& v) : Field(n, std::string_view(v)) {}
    Field(std::string_view n, std::int64_t v) : name(n), text(std::to_string(v)) {}
    Field(std::string_view n, int v) : Field(n, static_cast<std::int64_t>(v)) {}
    Field(std::string_view n, std::size_t v) : Field(n, static_cast<std::int64_t>(v)) {}
    Field(std::string_view n, bool v) : name(n), text(v ? "true" : "false") {}

    std::string_view name;
    std::string text;
    bool quoted = false;
};

/// Writes one line with time, level and event. Threads: any; lines are never mixed.
void write(Level level, std::string_view event, std::initializer_list<Field> fields = {});

inline void info(std::string_view event, std::initializer_list<Field> fields = {}) {
    write(Level::info, event, fields);
}
inline void warning(std::string_view event, std::initializer_list<Field> fields = {}) {
    write(Level::warning, event, fields);
}
inline void error(std::string_view event, std::initializer_list<Field> fields = {}) {
    write(Level::error, event, fields);
}

/// The least level that is written; `warning` until the application says otherwise.
void set_level(Level level);
/// Sends lines elsewhere (tests); an empty function restores standard error.
void set_sink(std::function<void(std::string_view line)> sink);

}  // namespace causeway::log
