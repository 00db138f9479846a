#pragma once
/// HL7 v2 under construction: segments on their way out, and where rows write. Knows no source.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "hl7v2/writer.hpp"
#include "mapping/type.hpp"

namespace causeway::mapping {

/// Threads: one.
class V2Target {
public:
    /// Rows write into a new segment from now on. One of constants only is left out at the end unless it is required.
    void open(const std::string& name, bool required);
    /// Rows write nowhere.
    void close() noexcept { current_ = kNone; }
    bool is_open() const noexcept { return current_ != kNone; }
    bool is_required() const noexcept { return is_open() && segments_[current_].required; }
    /// How many segments of that name will be written, as far as is known.
    std::size_t count(std::string_view name) const noexcept;

    /// Where rows write, to come back to it.
    std::size_t place() const noexcept { return current_; }
    /// "NTE[2]": the segment in the message; empty where it is left out.
    std::string path_of(std::size_t place) const;
    void set_place(std::size_t place) noexcept { current_ = place; }

    /// Writes the parts of one repetition. A path to a component takes the first component of what a type made.
    /// Returns how many were written.
    std::size_t put(const hl7v2::Path& path, std::uint32_t repetition, std::vector<V2Part> parts);
    /// The same of a text alone.
    void put(const hl7v2::Path& path, std::uint32_t repetition, std::string text);
    /// The repetition that the path names, or with `append` the next one of the field.
    std::uint32_t repetition(const hl7v2::Path& path, bool append) const noexcept;
    /// What was written is no constant.
    void mark_content() noexcept { segments_[current_].content = true; }

    /// The message.
    std::string text();

private:
    struct Segment {
        std::string name;
        bool required = false;
        bool content = false;
        std::vector<hl7v2::Writer::Place> places;
        bool is_written() const noexcept { return content || required; }
    };
    static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

    std::vector<Segment> segments_;
    std::size_t current_ = kNone;
};

}  // namespace causeway::mapping
