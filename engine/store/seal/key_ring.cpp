#include "store/seal/key_ring.hpp"

#include <openssl/crypto.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <optional>

#include "core/digest.hpp"

namespace causeway::seal {
namespace {

constexpr std::string_view kWhite = " \t\r\n";

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

std::optional<std::string> from_hex(std::string_view text) {
    std::string bytes;
    for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
        const int high = hex_digit(text[i]), low = hex_digit(text[i + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        bytes.push_back(static_cast<char>(high << 4 | low));
    }
    return bytes;
}

std::optional<KeyRing::Key> key_from(std::string_view word) {
    KeyRing::Key key{};
    auto bytes = word.size() == 2 * key.size() ? from_hex(word) : base64_decode(word);
    const bool right = bytes && bytes->size() == key.size();
    if (right) std::copy(bytes->begin(), bytes->end(), key.begin());
    if (bytes) OPENSSL_cleanse(bytes->data(), bytes->size());
    if (!right) return std::nullopt;
    return key;
}

KeyId id_of(const KeyRing::Key& key) {
    std::string labelled = "causeway ledger key";
    labelled.append(reinterpret_cast<const char*>(key.data()), key.size());
    const Sha256 digest = sha256(labelled);
    OPENSSL_cleanse(labelled.data(), labelled.size());
    KeyId id{};
    std::copy_n(digest.begin(), id.size(), id.begin());
    return id;
}

Result<std::string> read_file(const std::string& path) {
    struct stat about {};
    if (::stat(path.c_str(), &about) != 0)
        return fail(Issue::not_found, path, "Put the key of the ledger here, or name the file where it is.");
    if ((about.st_mode & S_IWOTH) != 0 || (about.st_mode & S_IROTH) != 0)
        return fail(Issue::forbidden, path,
                    "Everybody on this machine may read this key; make it readable by the engine's user only "
                    "(chmod 600).");
    std::ifstream in(path, std::ios::binary);
    if (!in) return fail(Issue::forbidden, path, "Let the engine's user read this key.");
    return std::string(std::istreambuf_iterator<char>(in), {});
}

Result<std::string> read_source(const std::string& source) {
    if (source.starts_with("file:")) return read_file(source.substr(5));
    if (source.starts_with("env:")) {
        const char* const value = std::getenv(source.c_str() + 4);
        if (value == nullptr)
            return fail(Issue::not_found, source, "Set this environment variable to the key of the ledger.");
        return std::string(value);
    }
    return fail(Issue::value, "ledger.encryption", "Write file:PATH or env:NAME, never the key itself.");
}

}  // namespace

KeyRing::~KeyRing() {
    for (auto& named : keys_) OPENSSL_cleanse(named.key.data(), named.key.size());
}

Result<KeyRing> KeyRing::parse(std::span<const std::string> texts, std::span<const std::string> names) {
    KeyRing ring;
    for (std::size_t i = 0; i < texts.size(); ++i)
        if (auto added = ring.add(texts[i], names[i]); !added) return added.error();
    return ring;
}

Result<KeyRing> KeyRing::read(std::span<const std::string> sources) {
    std::vector<std::string> texts;
    for (const auto& source : sources) {
        auto text = read_source(source);
        if (!text) return text.error();
        texts.push_back(std::move(*text));
    }
    auto ring = parse(texts, sources);
    for (auto& text : texts) OPENSSL_cleanse(text.data(), text.size());
    return ring;
}

Result<void> KeyRing::add(std::string_view text, const std::string& name) {
    const std::size_t before = keys_.size();
    while (!text.empty()) {
        const auto start = text.find_first_not_of(kWhite);
        if (start == std::string_view::npos) break;
        text.remove_prefix(start);
        const auto length = std::min(text.find_first_of(text.front() == '#' ? "\n" : kWhite), text.size());
        const auto word = text.substr(0, length);
        text.remove_prefix(length);
        if (word.front() == '#') continue;
        const auto key = key_from(word);
        if (!key)
            return fail(Issue::invalid, name,
                        "A key is 32 bytes, written as base64 or hexadecimal; make one with "
                        "\"openssl rand -base64 32\".");
        const KeyId id = id_of(*key);
        if (find(id) != nullptr) return fail(Issue::invalid, name, "Name each key of the ledger once.");
        keys_.push_back({id, *key});
    }
    if (keys_.size() == before)
        return fail(Issue::invalid, name, "There is no key here; make one with \"openssl rand -base64 32\".");
    return {};
}

const KeyRing::Key* KeyRing::find(const KeyId& id) const noexcept {
    const auto found = std::find_if(keys_.begin(), keys_.end(), [&](const Named& named) { return named.id == id; });
    return found == keys_.end() ? nullptr : &found->key;
}

bool KeyRing::has(std::string_view id) const {
    return std::any_of(keys_.begin(), keys_.end(), [&](const Named& named) {
        return to_hex({reinterpret_cast<const char*>(named.id.data()), named.id.size()}) == id;
    });
}

}  // namespace causeway::seal
