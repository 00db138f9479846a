#include "api/care_pages.hpp"

namespace causeway::api {
namespace {

std::string in_mb(std::uint64_t bytes) {
    return std::to_string(bytes >> 20) + " MB";
}

std::string text_of(const SpaceReport& space, std::size_t keys) {
    return "Ledger " + in_mb(space.file_bytes) + ", used " + in_mb(space.used_bytes) +
           (space.most_bytes > 0 ? " of " + in_mb(space.most_bytes) : std::string()) + "; free on the disk " +
           in_mb(space.disk_free) + ", least " + in_mb(space.least_free) + ".\n" +
           (keys > 0 ? "Encrypted; keys known: " + std::to_string(keys) + ".\n" : std::string("Not encrypted.\n")) +
           (space.full ? "FULL: new messages are refused until there is room.\n" : "");
}

}  // namespace

bool is_care_job(std::string_view path) {
    return path == "/v1/backup" || path == "/v1/purge" || path == "/v1/rekey";
}

Result<CareJob> care_job(pipeline::Engine& engine, const Call& call) {
    if (call.method != "POST") return fail(Issue::not_supported, call.path, "Use POST: this starts a job.");
    const assurance::Care care{engine.store(), engine.clock(), call.who};
    const auto configuration = engine.configuration();
    if (call.path == "/v1/rekey") return CareJob{"rekey", assurance::make_reseal(care)};
    if (call.path == "/v1/purge") {
        const bool count_only = call.body.text("dry_run") == "yes";
        return CareJob{count_only ? "count what to purge" : "purge",
                       assurance::make_purge(care, configuration->retention(), count_only)};
    }
    const auto file = call.body.text("file");
    if (!file.starts_with('/')) return fail(Issue::value, "file", "Give the whole path of a new file.");
    auto options = pipeline::ledger_options(configuration->engine);
    if (!options) return options.error();
    return CareJob{"backup to " + file, assurance::make_backup(care, file, std::move(options->keys))};
}

net::HttpResponse ledger_page(pipeline::Engine& engine, const Call& call) {
    const SpaceReport space = engine.store().space();
    const auto keys = engine.configuration()->engine.encryption.size();
    JsonText json;
    json.object([&] {
        json.add("file_bytes", static_cast<std::int64_t>(space.file_bytes))
            .add("used_bytes", static_cast<std::int64_t>(space.used_bytes))
            .add("most_bytes", static_cast<std::int64_t>(space.most_bytes))
            .add("disk_free", static_cast<std::int64_t>(space.disk_free))
            .add("least_free", static_cast<std::int64_t>(space.least_free))
            .add("keys", static_cast<std::int64_t>(keys))
            .add("full", space.full);
    });
    return respond(200, call.as_text, {json.text(), text_of(space, keys)});
}

}  // namespace causeway::api
