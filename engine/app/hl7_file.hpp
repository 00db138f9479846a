#pragma once
/// A file of HL7 v2 messages as `causeway hl7` goes through it.

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "hl7v2/batch.hpp"
#include "hl7v2/json.hpp"
#include "hl7v2/message.hpp"

namespace causeway::app {

/// One message of the file, parsed or refused.
struct Hl7Item {
    hl7v2::JsonPlace place;
    hl7v2::Piece piece;
    std::shared_ptr<const hl7v2::Message> message;  ///< Null where it is refused.
    hl7v2::Refusal refusal;
};

/// A message, a batch or an MLLP capture. Its messages are gone through one at a time: the file may be larger than what
/// they take together.
class Hl7File {
public:
    Hl7File(std::string bytes, hl7v2::ParseOptions options);

    const hl7v2::Batch& batch() const noexcept { return batch_; }
    std::string_view bytes() const noexcept { return payload_.reveal(); }

    /// Messages and fragments in turn; `only` 0 means all.
    void each(std::uint32_t only, const std::function<void(const Hl7Item&)>& visit) const;

private:
    Hl7Item parsed(const hl7v2::Piece& piece, std::uint32_t number) const;

    hl7v2::ParseOptions options_;
    Payload payload_;
    hl7v2::Batch batch_;
};

}  // namespace causeway::app
