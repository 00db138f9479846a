/// What the parts of a configuration say of each other.

#include <algorithm>

#include "core/text.hpp"
#include "pipeline/configuration_loader.hpp"

namespace causeway::pipeline {
namespace {

constexpr std::size_t kLongestName = 60;

bool is_name(std::string_view text) {
    const auto good = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
    };
    return !text.empty() && text.size() <= kLongestName && text[0] >= 'a' && text[0] <= 'z' &&
           std::all_of(text.begin(), text.end(), good);
}

}  // namespace

std::string Loader::explain_unknown(const std::string& name, const Names& names) const {
    std::vector<std::string> known;
    std::string all;
    for (const auto& [each, place] : names.places) {
        known.push_back(each);
        if (known.size() <= 10) all += (all.empty() ? "" : ", ") + each;
    }
    const auto what = "There is no " + std::string(names.what) + " \"" + name.substr(0, kLongestName) + "\".";
    if (auto suggestion = did_you_mean(name, known); !suggestion.empty()) return what + suggestion;
    return all.empty() ? what + " There is none yet."
                       : what + " There are: " + all + (known.size() > 10 ? ", ..." : ".");
}

void Loader::check_name(const config::Settings& settings, std::string_view field) {
    if (is_name(settings.text(field))) return;
    add(settings.mistake(field,
                         "A name begins with a small letter and goes on with small letters, digits, \"-\", \"_\" or "
                         "\".\", up to 60 in all."));
}

bool Loader::declare(const config::Settings& settings, std::string_view field, Names& names, const std::string& file) {
    const auto name = settings.has(field) ? settings.text(field) : std::string();
    if (name.empty()) return false;
    check_name(settings, field);
    const auto [known, added] = names.places.emplace(name, file);
    if (!added)
        add(settings.mistake(field, "The " + std::string(names.what) + " \"" + name + "\" also stands in " +
                                        known->second + ". Give one of them another name."));
    return added;
}

void Loader::declare_unread(const PartFile& file, std::string_view field, Names& names) {
    const auto name = config::peek(file.yaml, field);
    if (!name.empty()) names.places.emplace(name, file.name);
}

void Loader::check_route(const config::Settings& settings) {
    const auto check = [&](const config::Settings& at, std::string_view field, const Names& names) {
        const auto name = at.text(field);
        if (!name.empty() && !names.places.contains(name)) add(at.mistake(field, explain_unknown(name, names)));
    };
    const auto from = settings.texts("from");
    for (std::size_t i = 0; i < from.size(); ++i) {
        used_channels_.insert(from[i]);
        if (!from[i].empty() && !channels_.places.contains(from[i]))
            add(settings.mistake("from", i, explain_unknown(from[i], channels_)));
    }
    check(settings, "pathway", pathways_);
    check(settings, "learn", maps_);
    for (const auto& target : settings.objects("to")) {
        check(target, "destination", destinations_);
        check(target, "map", maps_);
    }
}

void Loader::check_acknowledgements() {
    for (const auto& [name, channel] : made_->channels) {
        if (!channel.acknowledges_later) continue;
        const auto settings = channel.settings.object("delayed_acknowledgement");
        if (!destinations_.places.contains(channel.acknowledges_later->destination))
            add(settings.mistake("destination",
                                 explain_unknown(channel.acknowledges_later->destination, destinations_)));
    }
}

void Loader::check_unused_channels() {
    for (const auto& [name, channel] : made_->channels)
        if (!used_channels_.contains(name))
            warn(channel.settings.mistake(
                "channel", "No route takes messages from this channel: each is held for " + channel.owner + "."));
}

}  // namespace causeway::pipeline
