#include <algorithm>
#include <array>
#include <set>

#include "core/text.hpp"
#include "pathway/program.hpp"

namespace causeway::pathway {
namespace {

/// What the engine and FHIRPath give by themselves; a fact may not take such a name.
constexpr std::array<std::string_view, 16> kGiven = {
    "context", "resource", "rootResource", "sct",     "loinc",        "ucum",       "patient",  "decision",
    "service", "channel",  "sender",       "message", "organisation", "obligation", "received", "now"};

bool is_given(std::string_view name) {
    return std::find(kGiven.begin(), kGiven.end(), name) != kGiven.end();
}

bool is_identifier(std::string_view text) {
    return !text.empty() && !(text.front() >= '0' && text.front() <= '9') &&
           std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
           });
}

/// Position of the last "." of a path that ends in a plain name ("%referral.supportingInfo"), or npos.
std::size_t last_step(std::string_view text) {
    const auto dot = text.rfind('.');
    return dot != std::string_view::npos && dot > 0 && is_identifier(text.substr(dot + 1)) ? dot
                                                                                           : std::string_view::npos;
}

std::optional<Priority> priority_of(std::string_view code) {
    if (code == "routine") return Priority::routine;
    if (code == "urgent") return Priority::urgent;
    if (code == "emergency") return Priority::emergency;
    return std::nullopt;
}

/// Reads one pathway; remembers facts in order, so that an expression can use only those before it.
class Reader {
public:
    Reader(std::vector<config::Mistake>& mistakes, const fhir::DefinitionsPtr& definitions) : mistakes_(mistakes) {
        options_.definitions = definitions;
    }

    Definition read(const config::Settings& file) {
        result_.name = file.text("pathway");
        result_.version = file.text("version");
        result_.place = file.place("pathway");
        effective_from(file);
        facts(file);
        about_ = location(file, "about");
        result_.urgent_when = condition(file, "urgent_when");
        result_.emergency_when = condition(file, "emergency_when");
        for (const auto& entry : file.objects("exclusions")) result_.exclusions.push_back(exclusion(entry));
        for (const auto& entry : file.objects("completeness")) result_.completeness.push_back(requirement(entry));
        for (const auto& entry : file.objects("services")) result_.services.push_back(service(entry));
        services(file);
        for (const auto& entry : file.objects("clocks")) result_.clocks.push_back(clock(entry));
        return std::move(result_);
    }

private:
    void effective_from(const config::Settings& file) {
        const auto day = parse_fhir_instant(file.text("effective_from"));
        if (day) {
            result_.effective_from = *day;
        } else {
            mistakes_.push_back(file.mistake("effective_from", "Write the day as YYYY-MM-DD."));
        }
    }

    void facts(const config::Settings& file) {
        for (const auto& [name, text] : file.entries("facts")) {
            if (!is_identifier(name)) {
                mistakes_.push_back(file.mistake("facts", name, "Name a fact with letters, digits and underscores."));
            } else if (is_given(name)) {
                mistakes_.push_back(
                    file.mistake("facts", name, "Choose another name: the engine gives %" + name + " itself."));
            }
            const auto mistake = [&, &entry = name](std::size_t column, std::string what) {
                return file.mistake_inside("facts", entry, column, std::move(what));
            };
            Condition compiled = compile(text, mistake);
            result_.facts.push_back({name, std::move(compiled.expression)});
        }
    }

    template <class MakeMistake>
    Condition compile(const std::string& text, const MakeMistake& mistake) {
        Condition condition;
        auto compiled = fhirpath::Expression::compile(text, options_);
        if (const auto* bad = std::get_if<fhirpath::CompileError>(&compiled)) {
            mistakes_.push_back(mistake(bad->column, bad->what));
            return condition;
        }
        condition.expression = std::get<fhirpath::Expression>(std::move(compiled));
        for (const VariableUse& use : variables_of(text)) {
            if (const auto fact = find_fact(use.name)) {
                condition.facts.push_back(*fact);
            } else if (!is_given(use.name) && !use.name.starts_with("vs-") && !use.name.starts_with("ext-")) {
                mistakes_.push_back(mistake(use.column, "Define the fact " + use.name + " above, or correct the name." +
                                                            did_you_mean(use.name, fact_names())));
            }
        }
        return condition;
    }

    Condition condition(const config::Settings& settings, std::string_view field) {
        const std::string text = settings.text(field);
        if (trim(text).empty()) return {};
        return compile(text, [&](std::size_t column, std::string what) {
            return settings.mistake_inside(field, column, std::move(what));
        });
    }

    Location location(const config::Settings& settings, std::string_view field) {
        const std::string text(trim(settings.text(field)));
        if (text.empty()) return about_;
        Location result;
        result.element = condition(settings, field).expression;
        const auto dot = last_step(text);
        if (result.element.empty() || dot == std::string::npos) return result;
        auto parent = fhirpath::Expression::compile(text.substr(0, dot), options_);
        if (auto* good = std::get_if<fhirpath::Expression>(&parent)) {
            result.parent = std::move(*good);
            result.child = text.substr(dot + 1);
        }
        return result;
    }

    std::string rule(const config::Settings& entry) {
        const std::string name = entry.text("rule");
        if (!rules_.insert(name).second) {
            mistakes_.push_back(entry.mistake("rule", "Give each rule a name of its own: " + name + " is used twice."));
        }
        const std::string version = entry.text("version");
        return version.empty() ? name : name + '/' + version;
    }

    Exclusion exclusion(const config::Settings& entry) {
        return {rule(entry), condition(entry, "when"), entry.text("reason") + ' ' + entry.text("instead"),
                location(entry, "expression")};
    }

    Requirement requirement(const config::Settings& entry) {
        return {rule(entry), condition(entry, "when"), condition(entry, "require"),
                entry.text("ask") + ' ' + entry.text("why"), location(entry, "expression")};
    }

    ServiceRule service(const config::Settings& entry) {
        return {rule(entry), condition(entry, "when"), entry.text("service"), priority_of(entry.text("priority")),
                entry.text("reason")};
    }

    /// The default is the last row and the only one without a condition.
    void services(const config::Settings& file) {
        const auto entries = file.objects("services");
        for (std::size_t i = 0; i < entries.size(); ++i) {
            const bool last = i + 1 == entries.size();
            if (last && entries[i].has("when")) {
                mistakes_.push_back(
                    entries[i].mistake("rule", "Add a last row without \"when\": the service that takes all others."));
            } else if (!last && !entries[i].has("when")) {
                mistakes_.push_back(entries[i].mistake(
                    "rule", "Give this row a \"when\", or move it to the end: rows after it are never asked."));
            }
        }
        if (entries.empty())
            mistakes_.push_back(file.mistake("services", "Name at least the service that takes all referrals."));
    }

    ClockRule clock(const config::Settings& entry) {
        ClockRule result{entry.text("name"), entry.duration("within"), entry.duration("warn_after"),
                         entry.text("owner"), entry.text("stop_when")};
        auto compiled = fhirpath::Expression::compile(result.stop_when, options_);
        if (const auto* bad = std::get_if<fhirpath::CompileError>(&compiled)) {
            mistakes_.push_back(entry.mistake_inside("stop_when", bad->column, bad->what));
        }
        if (result.within <= Duration::zero()) {
            mistakes_.push_back(entry.mistake("within", "Give a time above zero, such as 48h."));
        } else if (result.warn_after >= result.within) {
            mistakes_.push_back(entry.mistake("warn_after", "Warn before the breach: give less than \"within\"."));
        }
        if (!clocks_.insert(result.name).second) {
            mistakes_.push_back(
                entry.mistake("name", "Give each clock a name of its own: " + result.name + " is used twice."));
        }
        return result;
    }

    std::optional<std::size_t> find_fact(std::string_view name) const {
        for (std::size_t i = 0; i < result_.facts.size(); ++i) {
            if (result_.facts[i].name == name) return i;
        }
        return std::nullopt;
    }

    std::vector<std::string> fact_names() const {
        std::vector<std::string> names(kGiven.begin(), kGiven.end());
        for (const Fact& fact : result_.facts) names.push_back(fact.name);
        return names;
    }

    std::vector<config::Mistake>& mistakes_;
    fhirpath::CompileOptions options_;
    Definition result_;
    Location about_;
    std::set<std::string> rules_;
    std::set<std::string> clocks_;
};

}  // namespace

Definition read_pathway(const config::Settings& file, std::vector<config::Mistake>& mistakes,
                        const fhir::DefinitionsPtr& definitions) {
    return Reader(mistakes, definitions).read(file);
}

}  // namespace causeway::pathway
