#include "pipeline/configuration.hpp"

#include <algorithm>

#include "core/text.hpp"
#include "pipeline/configuration_loader.hpp"
#include "pipeline/configuration_specs.hpp"

namespace causeway::pipeline {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kEngineFile = "causeway.yaml";
constexpr std::string_view kAlertsFile = "alerts.yaml";
constexpr std::string_view kFolders[] = {"channels", "destinations", "routes", "pathways", "directory", "expectations"};

config::Mistake about(const fs::path& file, std::string what) {
    return {file.lexically_normal().string(), 1, 1, false, std::move(what)};
}

/// As people see it from where they stand, where they named the configuration so.
fs::path shown_path(const fs::path& file, bool relative) {
    std::error_code error;
    const auto from_here = relative ? file.lexically_relative(fs::current_path(error)) : fs::path();
    return error || from_here.empty() ? file : from_here;
}

bool is_same(const config::Mistake& a, const config::Mistake& b) {
    return a.file == b.file && a.line == b.line && a.column == b.column && a.what == b.what;
}

/// A map that several others extend is read several times: its mistakes are told once.
void drop_repeated(std::vector<config::Mistake>& mistakes) {
    std::vector<config::Mistake> kept;
    for (auto& mistake : mistakes) {
        const auto repeats = [&](const config::Mistake& other) { return is_same(mistake, other); };
        if (std::none_of(kept.begin(), kept.end(), repeats)) kept.push_back(std::move(mistake));
    }
    mistakes = std::move(kept);
}

/// The name that the first "map NAME" line gives, for files that do not compile.
std::string peek_map_name(std::string_view content) {
    for (const auto line : split(content, '\n')) {
        if (!trim(line).starts_with("map ")) continue;
        const auto rest = trim(trim(line).substr(4));
        return std::string(rest.substr(0, rest.find_first_of(" \t")));
    }
    return {};
}

}  // namespace

Loader::Loader(Source source, std::span<const AdapterSpec* const> adapters, std::vector<config::Mistake>& mistakes)
    : source_(std::move(source)), adapters_(adapters), mistakes_(mistakes) {
}

void Loader::warn(config::Mistake mistake) {
    mistake.warning = true;
    mistakes_.push_back(std::move(mistake));
}

bool Loader::failed_since(std::size_t count) const {
    return std::any_of(mistakes_.begin() + static_cast<long>(count), mistakes_.end(),
                       [](const config::Mistake& mistake) { return !mistake.warning; });
}

std::shared_ptr<Configuration> Loader::load() {
    const auto before = mistakes_.size();
    std::error_code error;
    if (!fs::is_directory(source_.folder, error)) {
        add(about(source_.folder, "This folder does not exist. Name the folder that holds causeway.yaml."));
        return nullptr;
    }
    check_folder();
    load_engine();
    load_definitions();
    load_alerts();
    load_maps();
    load_directory();
    load_pathways();
    load_channels();
    load_destinations();
    load_routes();
    load_expectations();
    check_alerts();
    if (failed_since(before)) return nullptr;
    made_->hash = hash_of(files_);
    made_->files = to_json(files_);
    return made_;
}

/// Files and folders that look as if they were meant to be read, and are not.
void Loader::check_folder() {
    const std::vector<std::string> known(std::begin(kFolders), std::end(kFolders));
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(source_.folder, error)) {
        const auto name = entry.path().filename().string();
        if (std::find(known.begin(), known.end(), name) != known.end() || name == kEngineFile || name == kAlertsFile)
            continue;
        std::error_code ignored;
        const auto suggestion = entry.is_directory(ignored) ? did_you_mean(name, known) : std::string();
        const bool stray = !entry.is_directory(ignored) && name.ends_with(".yaml") && !name.ends_with(".tests.yaml");
        if (!suggestion.empty()) warn(about(entry.path(), "This folder is not read." + suggestion));
        if (stray) warn(about(entry.path(), "This file is not read. Move it to channels/, routes/ or another folder."));
    }
    for (const auto& name : list_files(source_.folder, ".yml"))
        add(about(source_.folder / name, "This file is not read. Rename it to end in .yaml."));
}

std::shared_ptr<const config::Yaml> Loader::read_yaml(const std::string& relative) {
    const auto path = (source_.folder / relative).lexically_normal();
    auto content = read_file(path);
    if (!content) {
        add(about(path, "This file cannot be read. Check that it exists, its rights and its size."));
        return nullptr;
    }
    auto yaml = config::parse_yaml(*content, path.string(), source_.base, mistakes_);
    files_["conf/" + relative] = std::move(*content);
    return yaml;
}

std::vector<PartFile> Loader::read_part(std::string_view part) {
    std::vector<PartFile> files;
    for (const auto& name : list_files(source_.folder / part, ".yaml")) {
        const auto relative = std::string(part) + "/" + name;
        if (auto yaml = read_yaml(relative))
            files.push_back({(source_.folder / relative).lexically_normal().string(), std::move(yaml)});
    }
    return files;
}

void Loader::load_engine() {
    std::error_code error;
    if (!fs::exists(source_.folder / kEngineFile, error))
        return add(about(source_.folder / kEngineFile, "This file is missing. Create it; it may be empty."));
    const auto yaml = read_yaml(std::string(kEngineFile));
    if (!yaml) return;
    const auto before = mistakes_.size();
    const auto settings = config::lint(yaml, engine_fields(), mistakes_);
    if (!failed_since(before)) read_engine(settings);
}

/// Without the file nobody is told, but incidents are seen all the same.
void Loader::load_alerts() {
    std::error_code error;
    if (!fs::exists(source_.folder / kAlertsFile, error)) return;
    const auto yaml = read_yaml(std::string(kAlertsFile));
    if (!yaml) return;
    const auto before = mistakes_.size();
    const auto settings = config::lint(yaml, alert_fields(), mistakes_);
    if (!failed_since(before)) made_->alerts = read_alerts(settings, mistakes_);
}

void Loader::check_alerts() {
    for (const auto& [destination, age] : made_->alerts.queue_age_of)
        if (!destinations_.places.contains(destination))
            add(made_->alerts.settings.mistake("queue_age_of", destination,
                                               explain_unknown(destination, destinations_)));
}

void Loader::load_maps() {
    const auto& configured = made_->engine.mappings;
    const auto folder = source_.mappings.value_or(configured.empty() ? source_.base / "../mappings" : configured);
    std::error_code error;
    if (!source_.mappings && !configured.empty() && made_->engine.settings.has("mappings") &&
        !fs::is_directory(folder, error))
        add(made_->engine.settings.mistake("mappings", "This folder does not exist. Create it, or remove the line."));
    for (const auto& name : list_files(folder, ".map")) load_map(folder, name);
}

void Loader::load_map(const fs::path& folder, const std::string& relative) {
    const auto shown = shown_path((folder / relative).lexically_normal(), source_.folder.is_relative());
    const auto before = mistakes_.size();
    auto map = mapping::Map::load(shown, mistakes_, {checked_with_});
    if (failed_since(before) || map.empty()) {
        const auto name = peek_map_name(read_file(shown).value_or(""));
        if (!name.empty()) maps_.places.emplace(name, shown.string());
        return;
    }
    const auto [known, added] = maps_.places.emplace(map.name(), shown.string());
    if (!added)
        return add(about(shown, "The map \"" + map.name() + "\" is also in " + known->second + ". Rename one."));
    keep_map_files(folder, map);
    made_->maps.emplace(map.name(), std::move(map));
}

void Loader::keep_map_files(const fs::path& folder, const mapping::Map& map) {
    const auto root = fs::absolute(folder).lexically_normal();
    for (const auto& file : map.files()) {
        const auto name = fs::absolute(file).lexically_normal().lexically_relative(root);
        auto content = read_file(file);
        if (!content || !is_valid_utf8(*content)) {
            add(about(file, "This file cannot be read as UTF-8 text. Check its rights and its encoding."));
        } else if (name.empty() || *name.begin() == "..") {
            add(about(file, "This file is outside the mappings folder. Move it inside."));
        } else {
            files_["mappings/" + name.generic_string()] = std::move(*content);
        }
    }
}

void Loader::load_directory() {
    for (const auto& file : read_part("directory")) {
        const auto before = mistakes_.size();
        const auto settings = config::lint(file.yaml, directory::Directory::specs(), mistakes_);
        if (failed_since(before)) continue;
        made_->directory.add(settings, mistakes_);
        advise_on_endpoints(settings);
    }
    made_->directory.check(mistakes_);
}

void Loader::load_pathways() {
    for (const auto& file : read_part("pathways")) {
        const auto before = mistakes_.size();
        const auto settings = config::lint(file.yaml, pathway::Pathway::specs(), mistakes_);
        const bool first = declare(settings, "pathway", pathways_, file.name);
        if (failed_since(before) || !first) continue;
        auto pathway = pathway::Pathway::load(settings, mistakes_, checked_with_);
        if (!failed_since(before)) made_->pathways.emplace(settings.text("pathway"), std::move(pathway));
    }
}

void Loader::load_channels() {
    for (const auto& file : read_part("channels")) load_channel(file);
}

void Loader::load_destinations() {
    for (const auto& file : read_part("destinations")) load_destination(file);
}

void Loader::load_routes() {
    for (const auto& file : read_part("routes")) {
        const auto before = mistakes_.size();
        const auto settings = config::lint(file.yaml, route::Routes::specs(), mistakes_);
        declare(settings, "route", routes_, file.name);
        if (!failed_since(before)) made_->routes.add(settings, mistakes_, checked_with_);
        check_route(settings);
    }
    check_unused_channels();
    check_acknowledgements();
}

ConfigurationPtr load_configuration(const fs::path& folder, std::span<const AdapterSpec* const> adapters,
                                    std::vector<config::Mistake>& mistakes) {
    std::error_code error;
    const auto base = fs::absolute(folder, error).lexically_normal();
    const auto before = mistakes.size();
    Loader loader({folder, base, std::nullopt}, adapters, mistakes);
    auto made = loader.load();
    if (made) loader.check_use();
    if (loader.failed_since(before)) made = nullptr;
    drop_repeated(mistakes);
    return made;
}

Result<ConfigurationPtr> restore_configuration(const ConfigRecord& record, const fs::path& folder,
                                               const fs::path& scratch, std::span<const AdapterSpec* const> adapters) {
    auto files = files_from_json(record.files);
    if (!files) return files.error();
    if (hash_of(*files) != record.hash)
        return fail(Issue::structure, "configuration " + record.hash,
                    "The ledger's copy of this configuration was changed. Activate the configuration again.");
    const auto root = scratch / record.hash;
    if (auto written = lay_out(*files, root); !written) return written.error();
    std::vector<config::Mistake> mistakes;
    std::error_code error;
    const auto base = fs::absolute(folder, error).lexically_normal();
    auto made = Loader({root / "conf", base, root / "mappings"}, adapters, mistakes).load();
    if (made) {
        made->hash = record.hash;
        made->files = record.files;
        return ConfigurationPtr(std::move(made));
    }
    const auto first =
        std::find_if(mistakes.begin(), mistakes.end(), [](const auto& mistake) { return !mistake.warning; });
    return fail(Issue::processing, "configuration " + record.hash,
                "This earlier configuration no longer compiles: " + config::to_string(*first));
}

}  // namespace causeway::pipeline
