#include "core/time.hpp"

#include <array>
#include <charconv>
#include <cstdio>

namespace causeway {
namespace {

struct Parts {
    int year, month, day, hour, minute, second, millisecond;
};

Parts parts_of(Instant at) {
    using namespace std::chrono;
    const auto day = floor<days>(at);
    const year_month_day date{day};
    const hh_mm_ss time{floor<milliseconds>(at - day)};
    return {static_cast<int>(date.year()),
            static_cast<int>(static_cast<unsigned>(date.month())),
            static_cast<int>(static_cast<unsigned>(date.day())),
            static_cast<int>(time.hours().count()),
            static_cast<int>(time.minutes().count()),
            static_cast<int>(time.seconds().count()),
            static_cast<int>(time.subseconds().count())};
}

/// Puts `number` into the next digits of the pattern, from behind; `at` is where its last digit stands.
void put(std::string& out, std::size_t at, int width, int number) {
    for (; width > 0; --width, --at, number /= 10) out[at] = static_cast<char>('0' + number % 10);
}

/// Fills year, month, day, hour, minute, second and millisecond into the runs of zeros of a pattern. Every message has
/// its moment written several times, for which printf is too slow.
std::string print(std::string_view pattern, const Parts& p) {
    std::string out(pattern);
    const std::array<int, 7> numbers = {p.year, p.month, p.day, p.hour, p.minute, p.second, p.millisecond};
    std::size_t at = 0;
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        const int width = i == 0 ? 4 : i == 6 ? 3 : 2;
        at = out.find('0', at) + static_cast<std::size_t>(width);
        put(out, at - 1, width, numbers[i]);
    }
    return out;
}

/// Reads fixed-width digits from the front of a text.
class Digits {
public:
    explicit Digits(std::string_view text) : text_(text) {}

    bool number(std::size_t width, int& out) {
        if (text_.size() < width) return false;
        const auto [end, error] = std::from_chars(text_.data(), text_.data() + width, out);
        if (error != std::errc() || end != text_.data() + width || text_.front() == '-') return false;
        text_.remove_prefix(width);
        return true;
    }
    bool skip(char c) {
        if (text_.empty() || text_.front() != c) return false;
        text_.remove_prefix(1);
        return true;
    }
    bool done() const { return text_.empty(); }
    char front() const { return text_.empty() ? '\0' : text_.front(); }

    /// ".123456789" in microseconds; digits beyond are dropped.
    bool fraction(std::int64_t& micros) {
        if (!skip('.')) return true;
        std::int64_t scale = 100'000;
        std::size_t n = 0;
        for (; !text_.empty() && text_.front() >= '0' && text_.front() <= '9'; text_.remove_prefix(1), ++n) {
            micros += (text_.front() - '0') * scale;
            scale /= 10;
        }
        return n > 0;
    }

private:
    std::string_view text_;
};

bool read_offset(Digits& in, Duration& offset) {
    if (in.done() || in.skip('Z')) return in.done();
    const bool minus = in.front() == '-';
    if (!in.skip('-') && !in.skip('+')) return false;
    int hours = 0, minutes = 0;
    if (!in.number(2, hours) || !in.skip(':') || !in.number(2, minutes) || !in.done()) return false;
    if (hours > 14 || minutes > 59) return false;
    offset = std::chrono::minutes((hours * 60 + minutes) * (minus ? -1 : 1));
    return true;
}

bool read_clock(Digits& in, Duration& time, Duration& offset) {
    int h = 0, m = 0, s = 0;
    std::int64_t micros = 0;
    if (!in.number(2, h) || !in.skip(':') || !in.number(2, m)) return false;
    if (in.skip(':') && (!in.number(2, s) || !in.fraction(micros))) return false;
    if (h > 23 || m > 59 || s > 60) return false;
    time = std::chrono::hours(h) + std::chrono::minutes(m) + std::chrono::seconds(s) + Duration(micros);
    return read_offset(in, offset);
}

}  // namespace

Instant SystemClock::now() const {
    return std::chrono::floor<Duration>(std::chrono::system_clock::now());
}

std::string to_fhir_instant(Instant at) {
    return print("0000-00-00T00:00:00.000Z", parts_of(at));
}

std::string to_hl7_dtm(Instant at) {
    return print("00000000000000.000+0000", parts_of(at));
}

std::string to_clock_time(Instant at) {
    return to_fhir_instant(at).substr(11, 12);
}

std::optional<Instant> parse_fhir_instant(std::string_view text) {
    using namespace std::chrono;
    Digits in(text);
    int y = 0, mo = 1, d = 1;
    if (!in.number(4, y)) return std::nullopt;
    if (in.skip('-') && (!in.number(2, mo) || (in.skip('-') && !in.number(2, d)))) return std::nullopt;
    const year_month_day date{year(y), month(static_cast<unsigned>(mo)), day(static_cast<unsigned>(d))};
    Duration time{}, offset{};
    if (!date.ok() || (in.skip('T') ? !read_clock(in, time, offset) : !in.done())) return std::nullopt;
    return Instant(sys_days(date)) + time - offset;
}

namespace {

struct Unit {
    std::string_view name;
    Duration length;
};
constexpr std::array<Unit, 5> kUnits = {{{"ms", std::chrono::milliseconds(1)},
                                         {"s", std::chrono::seconds(1)},
                                         {"m", std::chrono::minutes(1)},
                                         {"h", std::chrono::hours(1)},
                                         {"d", std::chrono::hours(24)}}};

}  // namespace

std::optional<Duration> parse_duration(std::string_view text) {
    std::int64_t count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
    if (error != std::errc() || count < 0 || count > 10'000'000) return std::nullopt;
    for (const auto& known : kUnits)
        if (unit == known.name) return count * known.length;
    return std::nullopt;
}

std::string to_text(Duration duration) {
    if (duration == Duration{}) return "0s";
    const Unit* best = kUnits.data();
    for (const auto& unit : kUnits)
        if (duration % unit.length == Duration{}) best = &unit;
    return std::to_string(duration / best->length) + std::string(best->name);
}

}  // namespace causeway
