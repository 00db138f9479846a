#pragma once
/// What the API answers, asked without sockets.

#include <rapidjson/document.h>

#include <string>

#include "api/fhir_service.hpp"
#include "api/management.hpp"
#include "api/ops.hpp"
#include "support/referral_world.hpp"

namespace causeway::test {

/// A JSON answer; a path that is not there gives an empty text.
class Json {
public:
    explicit Json(const std::string& text) { document_.Parse(text.c_str()); }
    bool good() const { return !document_.HasParseError() && document_.IsObject(); }
    bool has(const char* path) const { return find(path) != nullptr; }
    std::string text(const char* path) const {
        const auto* found = find(path);
        return found && found->IsString() ? std::string(found->GetString(), found->GetStringLength()) : std::string();
    }
    std::int64_t number(const char* path) const {
        const auto* found = find(path);
        return found && found->IsInt64() ? found->GetInt64() : -1;
    }
    std::size_t size(const char* path) const {
        const auto* found = find(path);
        return found && found->IsArray() ? found->Size() : 0;
    }

private:
    /// "/entry/0/resource/id"
    const rapidjson::Value* find(const std::string& path) const {
        const rapidjson::Value* at = &document_;
        for (std::size_t begin = 1; begin <= path.size();) {
            const auto end = std::min(path.find('/', begin), path.size());
            const auto step = path.substr(begin, end - begin);
            if (at->IsArray()) {
                const auto index = static_cast<rapidjson::SizeType>(std::stoul(step));
                if (index >= at->Size()) return nullptr;
                at = &(*at)[index];
            } else {
                if (!at->IsObject() || !at->HasMember(step.c_str())) return nullptr;
                at = &(*at)[step.c_str()];
            }
            begin = end + 1;
        }
        return at;
    }
    rapidjson::Document document_;
};

struct ApiWorld : ReferralWorld {
    FhirResponse ask(FhirRequest request) {
        api::LedgerFhirService service(**this);
        return run(service.handle(std::move(request)));
    }
    FhirResponse get(const std::string& path, const Client& client = {}) {
        return ask({"GET", path, "", "", "", client});
    }
    FhirResponse search(const std::string& form, const Client& client = {},
                        const std::string& media = "application/x-www-form-urlencoded") {
        return ask({"POST", "Task/_search", "", form, media, client});
    }
    net::HttpResponse manage(const std::string& method, const std::string& target, const std::string& body = {},
                             bool as_text = false) {
        api::Management management(**this);
        net::HttpRequest request;
        request.method = method;
        request.target = target;
        request.body = body;
        if (as_text) request.headers.emplace_back("Accept", "text/plain");
        return run(management.handle(std::move(request), "nurse"));
    }
    std::string read(const std::string& target) { return manage("GET", target, {}, true).body; }
    net::HttpResponse ops(const std::string& target, const std::string& method = "GET") {
        const api::Operations operations(**this);
        net::HttpRequest request;
        request.method = method;
        request.target = target;
        return run(operations.handle(std::move(request)));
    }
};

/// What no task, log, metric or URL may hold of the patient of the tests.
inline bool names_the_patient(const std::string& text) {
    for (const auto* part : {"TESTPATIENT", "Edith", "EDITH", "9990000018", "1966-09-09", "19660909"})
        if (text.find(part) != std::string::npos) return true;
    return false;
}

}  // namespace causeway::test
