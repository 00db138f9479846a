#pragma once
/// Reads one configuration, part by part. Inside this folder only.

#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/configuration.hpp"
#include "pipeline/configuration_files.hpp"

namespace causeway::pipeline {

/// A YAML file of one part, parsed but not linted.
struct PartFile {
    std::string name;  ///< As people know it: "conf/routes/a.yaml".
    std::shared_ptr<const config::Yaml> yaml;
};

/// One use: construct, load(). Threads: one.
class Loader {
public:
    Loader(Source source, std::span<const AdapterSpec* const> adapters, std::vector<config::Mistake>& mistakes);

    /// Null where a mistake that is an error was added.
    std::shared_ptr<Configuration> load();
    /// After load(): what only shows on the machine that uses it. An earlier configuration is not asked for this: the
    /// route that it holds is wanted, not its listeners.
    void check_use();
    bool failed_since(std::size_t count) const;

private:
    /// Names that files of one kind give themselves, right or wrong otherwise, so that one mistake is not reported
    /// twice.
    struct Names {
        std::string_view what;                      ///< "channel"
        std::map<std::string, std::string> places;  ///< Name to file.
    };

    // configuration.cpp: files and parts
    void check_folder();
    std::shared_ptr<const config::Yaml> read_yaml(const std::string& relative);
    std::vector<PartFile> read_part(std::string_view part);
    void load_engine();
    void load_definitions();
    void load_alerts();
    void check_alerts();
    void load_maps();
    void load_map(const std::filesystem::path& folder, const std::string& relative);
    void keep_map_files(const std::filesystem::path& folder, const mapping::Map& map);
    void load_directory();
    void advise_on_endpoints(const config::Settings& directory);
    void load_pathways();
    void load_channels();
    void load_destinations();
    void load_routes();
    void load_expectations();

    // configuration_parts.cpp: one file each
    void load_channel(const PartFile& file);
    void read_channel(Channel channel);
    void load_destination(const PartFile& file);
    void read_destination(Destination destination);
    void read_engine(const config::Settings& settings);
    void read_intake_limits(const config::Settings& settings);
    void read_ops(const config::Settings& settings);
    const AdapterSpec* find_adapter(const PartFile& file, bool inbound, std::span<const config::FieldSpec> common);
    void read_keys(Channel& channel);
    void read_delayed_acknowledgement(Channel& channel);
    void check_channel(const Channel& channel);

    // configuration_definitions.cpp
    void read_validation(Channel& channel);
    std::filesystem::path profiles_folder() const;

    // configuration_ledger.cpp: how the ledger is kept
    void read_ledger(const config::Settings& settings);
    Keep read_keep(const config::Settings& settings, const Keep& otherwise);
    // configuration_assurance.cpp: censuses, and what is expected to follow
    void read_census(Channel& channel);
    IdList read_id_list(const config::Settings& settings);
    MessagePattern read_pattern(const config::Settings& settings);
    void read_expectation(const config::Settings& settings);
    std::optional<fhirpath::Expression> compile(const config::Settings& settings, std::string_view field);
    void check_times(const config::Settings& settings);

    // configuration_use.cpp: ports, certificates, keys
    void check_places();
    void check_adapters();

    // configuration_check.cpp: what the parts say of each other
    bool declare(const config::Settings& settings, std::string_view field, Names& names, const std::string& file);
    void declare_unread(const PartFile& file, std::string_view field, Names& names);
    void check_name(const config::Settings& settings, std::string_view field);
    void check_route(const config::Settings& settings);
    void check_unused_channels();
    void check_acknowledgements();
    std::string explain_unknown(const std::string& name, const Names& names) const;

    void add(config::Mistake mistake) { mistakes_.push_back(std::move(mistake)); }
    void warn(config::Mistake mistake);

    Source source_;
    std::span<const AdapterSpec* const> adapters_;
    std::vector<config::Mistake>& mistakes_;
    std::shared_ptr<Configuration> made_ = std::make_shared<Configuration>();
    Files files_;
    fhir::DefinitionsPtr checked_with_;  ///< Expressions are checked against these types; null: not checked.
    Names channels_{"channel", {}}, destinations_{"destination", {}}, pathways_{"pathway", {}}, maps_{"map", {}},
        routes_{"route", {}}, expectations_{"expectation", {}};
    std::set<std::string, std::less<>> used_channels_;
};

/// Names of the adapters of one direction.
std::vector<std::string> adapter_names(std::span<const AdapterSpec* const> adapters, bool inbound);

}  // namespace causeway::pipeline
