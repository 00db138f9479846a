#include "assurance/report.hpp"

namespace causeway::assurance {
namespace {

/// Lines of each list for people; JSON has them all.
constexpr std::size_t kShown = 50;

std::string padded(std::string_view text, std::size_t width) {
    std::string out(text);
    if (out.size() < width) out.append(width - out.size(), ' ');
    return out;
}

/// To the right of its column.
std::string number(std::int64_t value) {
    auto text = std::to_string(value);
    return std::string(text.size() < 11 ? 11 - text.size() : 1, ' ') + text;
}

std::int64_t sum(const std::map<std::string, std::int64_t>& counts) {
    std::int64_t total = 0;
    for (const auto& [name, count] : counts) total += count;
    return total;
}

/// "2026-11-21 23:15" of the day's wall clock.
std::string wall(Instant at, Zone zone) {
    auto text = to_fhir_instant(at + offset_at(zone, at)).substr(0, 16);
    text[10] = ' ';
    return text;
}

std::string counted(std::int64_t count, std::string_view one, std::string_view many) {
    return std::to_string(count) + ' ' + std::string(count == 1 ? one : many);
}

template <class Items, class Line>
void list(std::string& out, std::string_view title, const Items& items, std::size_t count, Line line) {
    if (items.empty()) return;
    out += '\n' + std::string(title) + '\n';
    std::size_t shown = 0;
    for (const auto& item : items)
        if (shown++ < kShown) out += "  " + line(item) + '\n';
    if (count > kShown) out += "  ... and " + std::to_string(count - kShown) + " more; --json has them.\n";
}

std::string to_whom(const BalanceLine& line) {
    if (line.duty == Duty::process) return "(processing)";
    return line.duty == Duty::answer ? "answer from " + line.destination : line.destination;
}

void write_head(std::string& out, const DayReport& report) {
    const auto zone = report.day.zone;
    out += "Reconciliation of " + report.day.text() + " (" + std::string(to_code(zone)) + "), as of " +
           wall(report.as_of, zone) + (report.day_is_over ? "" : "; the day is not over") + '\n';
    out += report.contradictions() == 0
               ? "In = delivered + filtered + held + queued, to the message.\n"
               : "DOES NOT BALANCE: " + counted(report.contradictions(), "contradiction", "contradictions") + ".\n";
    if (report.removed.events > 0)
        out += "Retention has removed " + counted(report.removed.events, "event", "events") +
               " of this day; what follows is what is left of it.\n";
    if (report.concerns() > 0) out += counted(report.concerns(), "concern", "concerns") + " below.\n";
}

void write_intake(std::string& out, const DayReport& report) {
    const auto& balance = report.balance;
    out += "\nCame in" + std::string(17, ' ') + "   accepted    refused  duplicate   conflict  kept here\n";
    for (const auto& line : balance.intake)
        out += "  " + padded(line.channel, 22) + number(line.accepted) + number(line.refused) +
               number(line.duplicates) + number(line.conflicts) + number(line.kept_here) + '\n';
    if (balance.intake.empty()) out += report.removed.events > 0 ? "  Nothing is left.\n" : "  Nothing.\n";
}

void write_reasons(std::string& out, std::string_view what, const std::map<std::string, std::int64_t>& counts) {
    for (const auto& [name, count] : counts)
        out += "      " + std::string(what) + name + ": " + std::to_string(count) + '\n';
}

void write_lines(std::string& out, const DayBalance& balance) {
    if (balance.lines.empty()) return;
    out += "\nOwed" + std::string(46, ' ') + "   in =  delivered + filtered +     held +   queued\n";
    for (const auto& line : balance.lines) {
        out += "  " + padded(line.channel, 22) + padded(to_whom(line), 20) + number(line.in) + number(line.delivered) +
               number(sum(line.filtered)) + number(sum(line.held)) + number(line.queued + line.in_flight) +
               (line.balances() ? "" : "   DOES NOT BALANCE") + '\n';
        write_reasons(out, "filtered by ", line.filtered);
        write_reasons(out, "held for ", line.held);
        if (line.removed > 0)
            out += "      ended, how was removed by retention: " + std::to_string(line.removed) + '\n';
    }
}

std::string line_of(const Gap& gap) {
    const auto numbers = gap.first == gap.last ? std::to_string(gap.first)
                                               : std::to_string(gap.first) + " to " + std::to_string(gap.last);
    return padded(gap.channel, 22) + padded(gap.sender, 22) + gap.prefix + numbers + " (" +
           std::to_string(gap.missing()) + " missing)";
}

std::string line_of(const Silence& silence, Zone zone) {
    const auto feed = silence.feed.empty() ? silence.channel : silence.channel + ' ' + silence.feed;
    return padded(feed, 22) + "nothing from " + wall(silence.from, zone) + " to " +
           (silence.goes_on ? "the end of this report" : wall(silence.until, zone)) + "; usually " +
           std::to_string(static_cast<std::int64_t>(silence.usual)) + " messages";
}

std::string line_of(const Absence& absence, Zone zone) {
    auto line = padded(absence.expectation, 26) + absence.message.text() + "  of " + wall(absence.at, zone) + ", due " +
                wall(absence.due, zone) + ", for " + absence.owner;
    if (!absence.settled_by.empty()) return line + "; settled by " + absence.settled_by;
    if (!absence.has_key) return line + "; it has no key to find what follows";
    return absence.came_late ? line + "; came late as " + absence.came_late.text() : line;
}

void write_named(std::string& out, std::string_view what, const CensusResult::Named& named) {
    if (named.count == 0) return;
    out += "      " + std::string(what) + ": " + std::to_string(named.count) + '\n';
    for (std::size_t i = 0; i < named.ids.size() && i < kShown; ++i) out += "        " + named.ids[i] + '\n';
    if (named.count > static_cast<std::int64_t>(kShown)) out += "        ...\n";
}

void write_census(std::string& out, const CensusResult& census) {
    out += "  " + padded(census.channel, 22) + "by " + census.key + ": ";
    if (!census.problem.empty()) {
        out += "NOT COMPARED: " + census.problem + '\n';
        return;
    }
    out += std::to_string(census.listed) + " listed, " + std::to_string(census.taken) + " taken, " +
           std::to_string(census.delivered) + " delivered or filtered" +
           (census.has_confirmed ? ", " + std::to_string(census.confirmed) + " confirmed by receivers" : "") + '\n';
    write_named(out, "sent by the source, never taken here", census.missing);
    write_named(out, "refused, or kept in quarantine", census.refused);
    write_named(out, "taken, still owed", census.open);
    write_named(out, "taken, not confirmed by receivers", census.unconfirmed);
    write_named(out, "messages taken in the day that the source does not list", census.not_listed);
    write_named(out, "messages taken in the day without such a key", census.without_key);
    if (census.repeated > 0) out += "      listed more than once: " + std::to_string(census.repeated) + '\n';
}

}  // namespace

std::string to_text(const DayReport& report) {
    std::string out;
    const auto zone = report.day.zone;
    write_head(out, report);
    write_intake(out, report);
    write_lines(out, report.balance);
    list(out, "Contradictions", report.balance.imbalances, static_cast<std::size_t>(report.balance.imbalance_count),
         [](const Imbalance& one) {
             return one.message.text() + (one.obligation ? " " + one.obligation.text() : "") + "  " + one.what;
         });
    list(out, "The table of obligations differs from the events", report.projection.differences,
         report.projection.differences.size(),
         [](const ProjectionReport::Difference& one) { return one.obligation.text() + "  " + one.what; });
    list(out, "Numbers that never came", report.gaps, report.gaps.size(), [](const Gap& gap) { return line_of(gap); });
    list(out, "Silent against their rhythm", report.silences, report.silences.size(),
         [&](const Silence& one) { return line_of(one, zone); });
    list(out, "Expected but absent", report.absences, report.absences.size(),
         [&](const Absence& one) { return line_of(one, zone); });
    if (!report.censuses.empty()) out += "\nWhat sources say they sent\n";
    for (const auto& census : report.censuses) write_census(out, census);
    return out;
}

}  // namespace causeway::assurance
