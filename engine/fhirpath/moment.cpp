#include "fhirpath/moment.hpp"

#include <array>
#include <cstdio>
#include <utility>

namespace causeway::fhirpath {
namespace {

bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

struct Reader {
    std::string_view text;
    std::size_t at = 0;

    bool done() const { return at == text.size(); }
    bool take(char c) { return !done() && text[at] == c ? (++at, true) : false; }
    std::optional<int> number(std::size_t digits) {
        if (at + digits > text.size()) return std::nullopt;
        int value = 0;
        for (std::size_t i = 0; i < digits; ++i) {
            if (!is_digit(text[at + i])) return std::nullopt;
            value = value * 10 + (text[at + i] - '0');
        }
        at += digits;
        return value;
    }
};

bool read_field(Reader& in, std::size_t digits, int& field, int low, int high) {
    const auto value = in.number(digits);
    if (!value || *value < low || *value > high) return false;
    field = *value;
    return true;
}

bool read_fraction(Reader& in, Moment& moment) {
    if (!in.take('.')) return true;
    int digits = 0;
    for (; !in.done() && is_digit(in.text[in.at]); ++in.at, ++digits)
        if (digits < 3) moment.milliseconds = moment.milliseconds * 10 + (in.text[in.at] - '0');
    for (int i = digits; i < 3; ++i) moment.milliseconds *= 10;
    moment.fraction_digits = digits < 3 ? digits : 3;
    return digits > 0;
}

bool read_zone(Reader& in, Moment& moment, bool with_colon) {
    if (in.done()) return true;
    if (in.take('Z')) {
        moment.zone = 0;
        return true;
    }
    const bool west = in.text[in.at] == '-';
    if (!in.take('+') && !in.take('-')) return false;
    int hours = 0;
    int minutes = 0;
    if (!read_field(in, 2, hours, 0, 14) || (with_colon && !in.take(':')) || !read_field(in, 2, minutes, 0, 59))
        return false;
    moment.zone = (west ? -1 : 1) * (hours * 60 + minutes);
    return hours < 14 || minutes == 0;
}

bool read_date(Reader& in, Moment& moment) {
    if (!read_field(in, 4, moment.year, 1, 9999)) return false;
    moment.precision = Precision::year;
    if (!in.take('-')) return true;
    if (!read_field(in, 2, moment.month, 1, 12)) return false;
    moment.precision = Precision::month;
    if (!in.take('-')) return true;
    if (!read_field(in, 2, moment.day, 1, days_in_month(moment.year, moment.month))) return false;
    moment.precision = Precision::day;
    return true;
}

bool read_clock(Reader& in, Moment& moment) {
    if (!read_field(in, 2, moment.hour, 0, 23)) return false;
    moment.precision = Precision::hour;
    if (!in.take(':')) return true;
    if (!read_field(in, 2, moment.minute, 0, 59)) return false;
    moment.precision = Precision::minute;
    if (!in.take(':')) return true;
    if (!read_field(in, 2, moment.second, 0, 60)) return false;
    if (moment.second == 60) moment.second = 59;  // A leap second compares as the last one of its minute.
    moment.precision = Precision::second;
    return read_fraction(in, moment);
}

std::int64_t days_from_civil(int year, int month, int day) {
    using namespace std::chrono;
    const year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                              std::chrono::day(static_cast<unsigned>(day))};
    return sys_days(date).time_since_epoch().count();
}

std::int64_t milliseconds_of(const Moment& m) {
    const auto days = m.kind == Temporal::Kind::time ? 0 : days_from_civil(m.year, m.month, m.day);
    return (((days * 24 + m.hour) * 60 + m.minute) * 60 + m.second) * 1000 + m.milliseconds;
}

// False where the year leaves 1 to 9999.
bool set_date(Moment& moment, std::int64_t days) {
    if (days < days_from_civil(1, 1, 1) || days > days_from_civil(9999, 12, 31)) return false;
    const std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::days(days))};
    moment.year = static_cast<int>(date.year());
    moment.month = static_cast<int>(static_cast<unsigned>(date.month()));
    moment.day = static_cast<int>(static_cast<unsigned>(date.day()));
    return true;
}

bool set_milliseconds(Moment& moment, std::int64_t total) {
    constexpr std::int64_t kDay = 86'400'000;
    std::int64_t days = total / kDay;
    std::int64_t rest = total % kDay;
    if (rest < 0) {
        rest += kDay;
        --days;
    }
    moment.milliseconds = static_cast<int>(rest % 1000);
    moment.second = static_cast<int>(rest / 1000 % 60);
    moment.minute = static_cast<int>(rest / 60'000 % 60);
    moment.hour = static_cast<int>(rest / 3'600'000);
    return moment.kind == Temporal::Kind::time || set_date(moment, days);
}

Moment in_utc(Moment moment) {
    if (!moment.zone) return moment;
    const auto zone = *moment.zone;
    moment.zone = 0;
    // Below year 1 or above 9999 only by the zone: such a moment keeps its local fields.
    Moment shifted = moment;
    return set_milliseconds(shifted, milliseconds_of(moment) - zone * 60'000ll) ? shifted : moment;
}

Order order_of(std::int64_t a, std::int64_t b) {
    return a < b ? Order::less : a > b ? Order::greater : Order::equal;
}

std::array<std::int64_t, 6> fields(const Moment& m) {
    return {m.year, m.month, m.day, m.hour, m.minute, m.second * 1000ll + m.milliseconds};
}

// One side has a zone, the other not: certain only where no zone on earth could change the answer.
Order compare_across_zones(const Moment& a, const Moment& b) {
    constexpr std::int64_t kWest = -12 * 3'600'000ll;
    constexpr std::int64_t kEast = 14 * 3'600'000ll;
    const auto difference = milliseconds_of(in_utc(a)) - milliseconds_of(in_utc(b));
    const std::int64_t low = a.zone ? kWest : -kEast;
    const std::int64_t high = a.zone ? kEast : -kWest;
    if (difference + high < 0) return Order::less;
    if (difference + low > 0) return Order::greater;
    return Order::unknown;
}

struct Unit {
    std::string_view name, plural, ucum;
};
constexpr Unit kUnits[] = {{"year", "years", ""},      {"month", "months", ""},
                           {"week", "weeks", "wk"},    {"day", "days", "d"},
                           {"hour", "hours", "h"},     {"minute", "minutes", "min"},
                           {"second", "seconds", "s"}, {"millisecond", "milliseconds", "ms"}};

std::optional<Moment> add_months(Moment moment, std::int64_t months) {
    const std::int64_t total = moment.year * 12ll + (moment.month - 1) + months;
    if (total < 12 || total >= 120'000) return std::nullopt;
    moment.year = static_cast<int>(total / 12);
    moment.month = static_cast<int>(total % 12) + 1;
    const int last = days_in_month(moment.year, moment.month);
    if (moment.day > last) moment.day = last;
    return moment;
}

constexpr std::int64_t kMillisecondsOf[] = {31'536'000'000, 2'592'000'000, 604'800'000, 86'400'000,
                                            3'600'000,      60'000,        1000,        1};

std::optional<Moment> add_milliseconds(Moment moment, std::int64_t amount, std::int64_t unit) {
    std::int64_t change = 0;
    if (__builtin_mul_overflow(amount, unit, &change)) return std::nullopt;
    std::int64_t total = 0;
    if (__builtin_add_overflow(milliseconds_of(moment), change, &total)) return std::nullopt;
    if (!set_milliseconds(moment, total)) return std::nullopt;
    if (moment.milliseconds != 0 && moment.fraction_digits < 3) moment.fraction_digits = 3;
    return moment;
}

}  // namespace

int days_in_month(int year, int month) {
    constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : kDays[month - 1];
}

std::optional<Moment> Moment::parse(std::string_view text, Temporal::Kind kind) {
    Reader in{text};
    Moment moment;
    moment.kind = kind;
    if (kind == Temporal::Kind::time) {
        in.take('T');
        return read_clock(in, moment) && in.done() ? std::optional(moment) : std::nullopt;
    }
    if (!read_date(in, moment)) return std::nullopt;
    if (kind == Temporal::Kind::date) return in.done() ? std::optional(moment) : std::nullopt;
    if (!in.take('T') || in.done()) return in.done() ? std::optional(moment) : std::nullopt;
    if (moment.precision != Precision::day) return std::nullopt;
    if (!read_clock(in, moment) || !read_zone(in, moment, true) || !in.done()) return std::nullopt;
    return moment;
}

std::optional<Moment> Moment::parse_hl7(std::string_view text) {
    Reader in{text};
    Moment m;
    m.kind = Temporal::Kind::date_time;
    if (!read_field(in, 4, m.year, 1, 9999)) return std::nullopt;
    const auto more = [&] { return !in.done() && is_digit(in.text[in.at]); };
    const auto next = [&](Precision wanted, int& field, int low, int high) {
        if (!more()) return true;
        if (static_cast<int>(m.precision) + 1 != static_cast<int>(wanted)) return false;
        m.precision = wanted;
        return read_field(in, 2, field, low, high);
    };
    if (!next(Precision::month, m.month, 1, 12) || !next(Precision::day, m.day, 1, days_in_month(m.year, m.month)) ||
        !next(Precision::hour, m.hour, 0, 23) || !next(Precision::minute, m.minute, 0, 59) ||
        !next(Precision::second, m.second, 0, 59))
        return std::nullopt;
    if (m.precision == Precision::second && !read_fraction(in, m)) return std::nullopt;
    if (m.precision <= Precision::day) m.kind = Temporal::Kind::date;
    if (!read_zone(in, m, false) || !in.done()) return std::nullopt;
    return m;
}

Moment Moment::from(Instant at, bool date_only) {
    Moment moment;
    moment.kind = Temporal::Kind::date_time;
    const auto since = std::chrono::floor<std::chrono::milliseconds>(at.time_since_epoch()).count();
    set_milliseconds(moment, since);
    moment.precision = Precision::second;
    moment.fraction_digits = 3;
    moment.zone = 0;
    if (!date_only) return moment;
    Moment date;
    date.precision = Precision::day;
    date.year = moment.year;
    date.month = moment.month;
    date.day = moment.day;
    return date;
}

std::string Moment::text() const {
    std::string out;
    char part[32];
    const auto put = [&](const char* format, int value) {
        std::snprintf(part, sizeof part, format, value);
        out += part;
    };
    const bool is_time = kind == Temporal::Kind::time;
    if (!is_time) {
        put("%04d", year);
        if (precision >= Precision::month) put("-%02d", month);
        if (precision >= Precision::day) put("-%02d", day);
    }
    if (precision >= Precision::hour) put(is_time ? "%02d" : "T%02d", hour);
    if (precision >= Precision::minute) put(":%02d", minute);
    if (precision >= Precision::second) put(":%02d", second);
    if (fraction_digits > 0) {
        put(".%03d", milliseconds);
        out.resize(out.size() - static_cast<std::size_t>(3 - fraction_digits));
    }
    if (!zone || is_time) return out;
    if (*zone == 0) return out + 'Z';
    const int size = *zone < 0 ? -*zone : *zone;
    put(*zone < 0 ? "-%02d" : "+%02d", size / 60);
    put(":%02d", size % 60);
    return out;
}

std::optional<Moment> parse_date_or_date_time(std::string_view text) {
    if (auto date = Moment::parse(text, Temporal::Kind::date)) return date;
    return Moment::parse(text, Temporal::Kind::date_time);
}

Order compare(const Moment& a, const Moment& b) {
    const bool a_time = a.kind == Temporal::Kind::time;
    if (a_time != (b.kind == Temporal::Kind::time)) return Order::incomparable;
    const bool clocks = a.precision >= Precision::hour && b.precision >= Precision::hour;
    if (!a_time && clocks && a.zone.has_value() != b.zone.has_value()) return compare_across_zones(a, b);
    const bool zoned = clocks && a.zone.has_value();
    const auto left = fields(zoned ? in_utc(a) : a);
    const auto right = fields(zoned ? in_utc(b) : b);
    for (std::size_t i = a_time ? 3 : 0; i < left.size(); ++i) {
        const bool known_left = i <= static_cast<std::size_t>(a.precision);
        const bool known_right = i <= static_cast<std::size_t>(b.precision);
        if (!known_left && !known_right) return Order::equal;
        if (known_left != known_right) return Order::unknown;
        if (const auto order = order_of(left[i], right[i]); order != Order::equal) return order;
    }
    return Order::equal;
}

std::string_view calendar_unit(std::string_view unit) {
    for (const auto& each : kUnits)
        if (unit == each.name || unit == each.plural || (!each.ucum.empty() && unit == each.ucum)) return each.name;
    return {};
}

std::optional<Moment> add(const Moment& to, std::int64_t amount, std::string_view unit) {
    const auto name = calendar_unit(unit);
    std::size_t index = 0;
    while (index < std::size(kUnits) && kUnits[index].name != name) ++index;
    if (index == std::size(kUnits)) return std::nullopt;
    const auto scale = kMillisecondsOf[index];
    if (to.kind == Temporal::Kind::time) return index < 2 ? std::nullopt : add_milliseconds(to, amount, scale);
    constexpr std::int64_t kLimit = 400'000'000'000'000;  // Milliseconds in more than 9999 years.
    if (amount > kLimit / scale || amount < -kLimit / scale) return std::nullopt;
    if (index == 0) return add_months(to, amount * 12);
    if (to.precision == Precision::year)
        return add_months(to, (index == 1 ? amount / 12 : amount * scale / kMillisecondsOf[0]) * 12);
    if (index == 1) return add_months(to, amount);
    if (to.precision == Precision::month) return add_months(to, amount * scale / kMillisecondsOf[1]);
    const auto finest =
        kMillisecondsOf[static_cast<std::size_t>(to.precision) + 1];  // day: 3, hour: 4, minute: 5, second: 6.
    if (to.precision == Precision::second) return add_milliseconds(to, amount, scale);
    return add_milliseconds(to, amount * scale / finest, finest);
}

}  // namespace causeway::fhirpath
