/// FHIR definitions of the installation: the core pack, and the packages in its profiles folder.

#include <algorithm>
#include <map>
#include <mutex>

#include "fhir/definitions/load.hpp"
#include "pipeline/configuration_loader.hpp"

namespace causeway::pipeline {
namespace {

namespace fs = std::filesystem;

bool is_definitions(const fs::path& path) {
    const auto name = path.filename().string();
    if (name.starts_with('.')) return false;
    std::error_code error;
    if (fs::is_directory(path, error)) return true;
    constexpr std::string_view kEndings[] = {".tgz", ".tar.gz", ".tar", ".json", ".xml"};
    return std::any_of(std::begin(kEndings), std::end(kEndings),
                       [&](std::string_view ending) { return name.ends_with(ending); });
}

std::vector<fs::path> packages_in(const fs::path& folder) {
    std::vector<fs::path> found;
    std::error_code error;
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error))
        if (is_definitions(at->path())) found.push_back(at->path());
    std::sort(found.begin(), found.end());
    return found;
}

/// Name, size and time of every file: what was loaded so is the same.
void add_stamp(std::string& stamp, const fs::path& path) {
    std::error_code error;
    const auto one = [&](const fs::path& file) {
        const auto time = fs::last_write_time(file, error).time_since_epoch().count();
        stamp += file.string() + '|' + std::to_string(fs::file_size(file, error)) + '|' + std::to_string(time) + '\n';
    };
    if (!fs::is_directory(path, error)) return one(path);
    for (fs::recursive_directory_iterator at(path, error), end; !error && at != end; at.increment(error))
        if (at->is_regular_file(error)) one(at->path());
}

/// Configurations of one process that mean the same files share what was made of them.
class Shared {
public:
    Result<fhir::Compiled> load(const fhir::DefinitionSources& sources) {
        std::string stamp;
        add_stamp(stamp, sources.pack);
        for (const auto& path : sources.load) add_stamp(stamp, path);
        const std::lock_guard lock(mutex_);
        std::erase_if(known_, [](const auto& entry) { return entry.second.definitions.expired(); });
        auto& known = known_[stamp];
        if (auto held = known.definitions.lock()) return fhir::Compiled{std::move(held), known.issues};
        auto loaded = fhir::load_definitions(sources);
        if (loaded) known = {loaded->definitions, loaded->issues};
        return loaded;
    }

private:
    struct Known {
        std::weak_ptr<const fhir::Definitions> definitions;
        std::vector<fhir::DefinitionIssue> issues;
    };
    std::mutex mutex_;
    std::map<std::string, Known> known_;
};

Shared& shared() {
    static Shared instance;
    return instance;
}

}  // namespace

void Loader::load_definitions() {
    const auto& engine = made_->engine;
    fhir::DefinitionSources sources;
    const bool is_named = !engine.definitions.empty();
    sources.pack = is_named ? engine.definitions : fhir::default_pack();
    std::error_code error;
    // Without it nothing is lost for HL7 v2; a channel that takes FHIR says what it lacks.
    if (!is_named && !fs::exists(sources.pack, error)) return;
    sources.load = packages_in(profiles_folder());
    auto loaded = shared().load(sources);
    if (!loaded) return add(engine.settings.mistake("definitions", to_string(loaded.error())));
    for (const auto& issue : loaded->issues) {
        auto mistake = engine.settings.mistake("profiles", issue.where + ": " + issue.what);
        mistake.warning = !issue.is_error;
        add(std::move(mistake));
    }
    made_->definitions = loaded->definitions;
    made_->validator = std::make_shared<const validation::Validator>(made_->definitions);
    // An earlier configuration was checked when it was activated.
    if (!source_.mappings) checked_with_ = loaded->definitions;
}

fs::path Loader::profiles_folder() const {
    return made_->engine.profiles.empty() ? source_.base / "../profiles" : made_->engine.profiles;
}

void Loader::read_validation(Channel& channel) {
    const auto settings = channel.settings.object("validate");
    channel.validation = pipeline::read_validation(settings, made_->definitions, profiles_folder(), mistakes_);
    const auto profiles = settings.texts("profiles");
    const bool only_v2 = !profiles.empty() && std::all_of(profiles.begin(), profiles.end(), is_conformance_profile);
    const bool asks = settings.boolean("base") || !profiles.empty();
    const bool takes_fhir = channel.adapter->name == "fhir_listener" || (channel.settings.has("validate") && !only_v2);
    if (!made_->definitions && asks && takes_fhir)
        add(channel.settings.mistake("validate",
                                     "The pack of FHIR definitions is missing: name it as \"definitions\" in "
                                     "causeway.yaml, or put it beside the program as definitions/r4.pack."));
}

}  // namespace causeway::pipeline
