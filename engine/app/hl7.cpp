#include <functional>
#include <iostream>
#include <iterator>
#include <optional>
#include <random>

#include "app/commands.hpp"
#include "app/hl7_file.hpp"
#include "hl7v2/anonymise.hpp"
#include "hl7v2/diff.hpp"
#include "hl7v2/edit.hpp"
#include "hl7v2/json.hpp"
#include "hl7v2/view.hpp"
#include "validation/v2/check.hpp"

namespace causeway::app {
namespace {

constexpr Option kOptions[] = {
    {"--get", "PATH", "Print the values at an HL7 path, one a line. May be repeated."},
    {"--set", "PATH=VALUE", "Write the message with this value changed, and nothing else. May be repeated."},
    {"--diff", "OTHER", "Print the values in which another message differs; status 1 if it does."},
    {"--anonymise", "",
     "Write the message with invented people: names, identifiers, addresses, telephone numbers, dates, text."},
    {"--key", "FILE", "With --anonymise: a secret, so that the same people get the same names in every call."},
    {"--check", "PROFILE",
     "Say what the messages break of a conformance profile: a name in the folder profiles, or a file NAME.yaml; status "
     "1 if that is an error. With --json: OperationOutcomes."},
    {"--message", "N", "Only message N of a file with several."},
    {"--charset", "NAME", "The character set of the file, whatever MSH-18 says."},
    {"--keep-undecodable", "",
     "Keep bytes that are not in the character set as escapes, instead of refusing the message."},
};

void tell(const std::string& name, const Hl7Item& item) {
    const auto& refusal = item.refusal;
    std::cerr << "causeway: " << name << ':' << refusal.line << ':' << refusal.column << ": code "
              << refusal.error.hl7_code << ": " << to_string(refusal.error) << '\n';
}

hl7v2::ParseOptions options_of(const Arguments& arguments) {
    hl7v2::ParseOptions options;
    options.charset = arguments.get("--charset");
    if (arguments.has("--keep-undecodable")) options.undecodable = hl7v2::Undecodable::keep;
    return options;
}

/// One call.
class Call {
public:
    Call(const Arguments& arguments, const Hl7File& file) : arguments_(arguments), file_(file) {}

    int run() {
        const auto only = arguments_.get("--message");
        if (!only.empty()) {
            only_ = static_cast<std::uint32_t>(std::strtoul(only.c_str(), nullptr, 10));
            if (only_ == 0) return wrong_call("count messages from 1: --message 1.");
        }
        if (arguments_.has("--get")) return get();
        if (arguments_.has("--set")) return set();
        if (arguments_.has("--diff")) return diff();
        if (arguments_.has("--anonymise")) return anonymise();
        if (arguments_.has("--check")) return check();
        if (arguments_.has("--json")) return json();
        return show();
    }

private:
    const std::string& name() const { return arguments_.words.front(); }

    /// Refusals are told; the exit status says that there was one.
    int each(const std::function<void(const Hl7Item&)>& visit) {
        int status = kDone;
        bool any = false;
        file_.each(only_, [&](const Hl7Item& item) {
            any = true;
            if (!item.message) status = kProblems;
            visit(item);
        });
        if (!any && only_ != 0) return wrong_call("the file has no message of that number.");
        return std::cout.flush() ? status : static_cast<int>(kFailed);
    }

    int json() {
        std::cout << "{\"messages\":[";
        bool first = true;
        bool parsed = true;
        const int status = each([&](const Hl7Item& item) {
            if (!std::exchange(first, false)) std::cout << ',';
            std::cout << '\n';
            if (item.message)
                hl7v2::write_json(*item.message, item.place, std::cout);
            else
                hl7v2::write_json(item.refusal, item.place, std::cout);
            parsed = parsed && item.message;
        });
        std::cout << "\n],";
        if (file_.batch().has_envelope) envelope();
        std::cout << "\"parsed\":" << (parsed ? "true" : "false") << ",\"warnings\":";
        hl7v2::write_json(file_.batch().warnings, std::cout);
        std::cout << "}\n" << std::flush;
        return status;
    }

    void envelope() {
        std::cout << "\"envelope\":[";
        bool first = true;
        for (const auto& piece : file_.batch().pieces)
            if (hl7v2::is_envelope(piece)) {
                if (!std::exchange(first, false)) std::cout << ',';
                hl7v2::write_json(piece, std::cout);
            }
        std::cout << "],";
    }

    int get() {
        std::vector<hl7v2::Path> paths;
        for (const auto& text : arguments_.all("--get")) {
            auto path = hl7v2::Path::parse(text);
            if (!path) return wrong_call(text + ": " + path.error().what);
            paths.push_back(std::move(*path));
        }
        return each([&](const Hl7Item& item) {
            if (!item.message) return tell(name(), item);
            std::vector<tree::Node> nodes;
            for (const auto& path : paths) item.message->select(path, nodes);
            for (const auto& node : nodes) std::cout << node.text() << '\n';
        });
    }

    int diff() {
        const auto name = arguments_.get("--diff");
        auto bytes = read_input(name);
        if (!bytes) return wrong_call(to_string(bytes.error()));
        const Hl7File other(std::move(*bytes), options_of(arguments_));
        std::vector<Hl7Item> others;
        other.each(0, [&](const Hl7Item& item) { others.push_back(item); });
        std::size_t differences = 0, at = 0;
        const int status = each([&](const Hl7Item& item) {
            const auto number = only_ != 0 ? only_ - 1 : at;
            ++at;
            if (!item.message) return tell(this->name(), item);
            if (number >= others.size()) {
                std::cerr << "causeway: " << name << ": has no message " << number + 1 << ".\n";
                ++differences;
            } else if (!others[number].message) {
                tell(name, others[number]);
                ++differences;
            } else {
                differences += print_differences(*item.message, *others[number].message);
            }
        });
        if (only_ == 0 && others.size() > at) {
            std::cerr << "causeway: " << name << ": has " << others.size() - at << " more messages.\n";
            ++differences;
        }
        if (status != kDone) return status;
        return differences == 0 ? kDone : kProblems;
    }

    static std::size_t print_differences(const hl7v2::Message& before, const hl7v2::Message& after) {
        const auto differences = hl7v2::compare(before, after);
        const auto shown = [](const std::string& value) { return value.empty() ? std::string("nothing") : value; };
        for (const auto& one : differences) {
            std::cout << one.path << (one.name.empty() ? "" : "  ") << one.name << ": ";
            if (one.whole_segment)
                std::cout << (one.after.empty() ? "- " + one.before : "+ " + one.after) << '\n';
            else
                std::cout << shown(one.before) << " -> " << shown(one.after) << '\n';
        }
        return differences.size();
    }

    int check() {
        const std::filesystem::path named = arguments_.get("--check");
        const bool is_file = named.extension() == ".yaml";
        const auto beside = (config_folder(arguments_) / "../profiles").lexically_normal();
        std::vector<config::Mistake> mistakes;
        const auto profile = validation::v2::load_profile(
            is_file ? std::filesystem::absolute(named).parent_path() : beside, named.stem().string(), mistakes);
        for (const auto& mistake : mistakes) std::cerr << config::to_string(mistake) << '\n';
        if (!profile) return kUsage;
        bool has_errors = false;
        const int status = each([&](const Hl7Item& item) {
            const auto outcome =
                item.message ? validation::v2::check(*item.message, *profile) : to_outcome(item.refusal.error);
            has_errors = has_errors || outcome.has_errors();
            if (arguments_.has("--json"))
                std::cout << to_json(outcome) << '\n';
            else
                print_findings(item, outcome);
        });
        return status == kDone && has_errors ? static_cast<int>(kProblems) : status;
    }

    void print_findings(const Hl7Item& item, const OperationOutcome& outcome) const {
        if (file_.batch().messages() > 1) std::cout << "message " << item.place.number << ":\n";
        if (outcome.empty()) std::cout << "nothing to remark\n";
        for (const auto& finding : outcome.issues)
            std::cout << to_code(finding.severity) << (finding.expression.empty() ? "" : " at ") << finding.expression
                      << ": " << finding.text
                      << (finding.hl7_code == 0 ? "" : " [" + std::to_string(finding.hl7_code) + ']') << '\n';
    }

    int anonymise() {
        std::string key;
        if (arguments_.has("--key")) {
            auto read_key = read_input(arguments_.get("--key"));
            if (!read_key) return wrong_call(to_string(read_key.error()));
            if (read_key->size() < 16)
                return wrong_call("put at least 16 bytes into the key file: NHS numbers are few.");
            key = std::move(*read_key);
        } else {
            std::random_device random;
            for (int i = 0; i < 8; ++i) key += std::to_string(random()) + ' ';
        }
        const hl7v2::Anonymiser anonymised(std::move(key));
        return rewrite([&](const hl7v2::Message& message) { return anonymised(message); });
    }

    int set() {
        struct Change {
            hl7v2::Path path;
            std::string value;
        };
        std::vector<Change> changes;
        for (const auto& text : arguments_.all("--set")) {
            const auto length = hl7v2::Path::match(text);
            if (length == 0 || length >= text.size() || text[length] != '=')
                return wrong_call("write --set PATH=VALUE, such as --set PID-8=F: " + text);
            changes.push_back({*hl7v2::Path::parse(std::string_view(text).substr(0, length)), text.substr(length + 1)});
        }
        return rewrite([&](const hl7v2::Message& message) -> Result<std::string> {
            std::string bytes(message.payload().reveal());
            auto next = hl7v2::parse(message.payload(), options_of(arguments_));
            for (const auto& change : changes) {
                if (!next) return next.error();
                auto changed = hl7v2::set_value(**next, change.path, change.value);
                if (!changed) return changed;
                bytes = std::move(*changed);
                next = hl7v2::parse(Payload(bytes), options_of(arguments_));
            }
            return bytes;
        });
    }

    /// Writes the file with its messages changed; everything around them stays as it is.
    int rewrite(const std::function<Result<std::string>(const hl7v2::Message&)>& change) {
        std::string out;
        std::size_t copied = 0;
        std::optional<Error> problem;
        const int status = each([&](const Hl7Item& item) {
            if (!item.message) return tell(name(), item);
            const auto bytes = change(*item.message);
            if (!bytes) {
                problem = bytes.error();
                return;
            }
            out += file_.bytes().substr(copied, item.piece.offset - copied);
            out += *bytes;
            copied = item.piece.offset + item.piece.text.size();
        });
        if (problem) return wrong_call(to_string(*problem));
        if (status != kDone) return status;
        std::cout << out << file_.bytes().substr(copied);
        return std::cout.flush() ? kDone : kFailed;
    }

    int show() {
        return each([&](const Hl7Item& item) {
            if (!item.message) return tell(name(), item);
            if (file_.batch().messages() > 1)
                std::cout << "--- message " << item.place.number << ", line " << item.place.line << '\n';
            hl7v2::write_view(*item.message, std::cout);
            for (const auto& warning : item.message->warnings())
                std::cout << "warning: " << warning.code << (warning.where.empty() ? "" : " at ") << warning.where
                          << ": " << warning.text
                          << (warning.count > 1 ? " (" + std::to_string(warning.count) + " times)" : "") << '\n';
        });
    }

    const Arguments& arguments_;
    const Hl7File& file_;
    std::uint32_t only_ = 0;
};

int hl7(const Arguments& arguments) {
    if (arguments.words.size() != 1)
        return wrong_call("name one file, or - for standard input. See causeway hl7 --help.");
    const auto options = options_of(arguments);
    if (!options.charset.empty() && !hl7v2::find_charset(options.charset))
        return wrong_call("this character set is not known: " + options.charset);
    auto bytes = read_input(arguments.words.front());
    if (!bytes) return wrong_call(to_string(bytes.error()));
    const Hl7File file(std::move(*bytes), options);
    return Call(arguments, file).run();
}

}  // namespace

const Command kHl7 = {
    "hl7",
    "FILE",
    "Show an HL7 v2 message, a batch or an MLLP capture (- for standard input) as a person reads it.",
    kOptions,
    "  causeway hl7 admission.hl7\n"
    "  causeway hl7 --get 'PID-3[4.1=\"NHS\"].1' admission.hl7\n"
    "  causeway hl7 --set PID-8=F admission.hl7 > corrected.hl7\n"
    "  causeway hl7 --json admission.hl7\n"
    "  causeway hl7 --diff yesterday.hl7 today.hl7\n"
    "  causeway hl7 --check itk-adt admission.hl7\n"
    "  causeway hl7 --anonymise --key key.txt admission.hl7 > sample.hl7\n",
    hl7,
};

}  // namespace causeway::app
