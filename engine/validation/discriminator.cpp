#include "validation/discriminator.hpp"

#include <algorithm>

namespace causeway::validation {
namespace {

using Kind = fhir::Discriminator::Kind;

/// A place that a path leads to inside a slice.
struct Cursor {
    const Plan* plan = nullptr;
    std::shared_ptr<const Literal> owner;
    LiteralNode fixed;
    LiteralNode pattern;
    Index of_type = 0;  // Name: restricted to this type.
};

class SliceReader {
public:
    SliceReader(const Plans& plans, const Plan& slice) : plans_(plans), definitions_(plans.definitions()) {
        cursors_.push_back(at(slice));
    }

    void follow(const PathStep& step) {
        std::vector<Cursor> next;
        for (const auto& cursor : cursors_) follow(cursor, step, next);
        cursors_ = std::move(next);
    }

    const std::vector<Cursor>& cursors() const noexcept { return cursors_; }

private:
    static Cursor at(const Plan& plan) {
        Cursor cursor;
        cursor.plan = &plan;
        if (plan.fixed) cursor.owner = plan.fixed, cursor.fixed = plan.fixed->root();
        if (plan.pattern) cursor.owner = plan.pattern, cursor.pattern = plan.pattern->root();
        return cursor;
    }

    void follow(const Cursor& cursor, const PathStep& step, std::vector<Cursor>& out) {
        switch (step.kind) {
            case PathStep::Kind::child:
                return children(cursor, step.name, out);
            case PathStep::Kind::extension:
                return extensions(cursor, step.url, out);
            case PathStep::Kind::resolve:
                return targets(cursor, out);
            case PathStep::Kind::of_type: {
                out.push_back(cursor);
                out.back().of_type = step.name;
                return;
            }
        }
    }

    template <class Visit>
    void each_type(const Cursor& cursor, Visit visit) {
        for (const auto& type : definitions_.types(cursor.plan->definition->types))
            if (cursor.of_type == 0 || cursor.of_type == type.code) visit(type);
    }

    /// Where the children of the element are declared: inside it, in profiles of its types, in its types.
    std::vector<const Plan*> holders(const Cursor& cursor) {
        std::vector<const Plan*> found;
        if (cursor.plan->content != nullptr) found.push_back(cursor.plan->content);
        each_type(cursor, [&](const fhir::Type& type) {
            for (const auto& profile : definitions_.canonicals(type.profiles))
                if (const Plan* root = plans_.of(profile)) found.push_back(root);
        });
        if (!found.empty()) return found;
        each_type(cursor, [&](const fhir::Type& type) {
            if (const Plan* root = plans_.root(type.structure)) found.push_back(root);
        });
        return found;
    }

    void children(const Cursor& cursor, Index name, std::vector<Cursor>& out) {
        for (const Plan* holder : holders(cursor)) {
            const Plan* plan = holder->child(name);
            if (plan == nullptr) continue;
            auto next = at(*plan);
            const auto text = definitions_.name_text(name);
            const auto inherit = [&](const LiteralNode& from, LiteralNode& to) {
                if (to || !from) return;
                to = from.child(text);
                if (to && !next.owner) next.owner = cursor.owner;
            };
            inherit(cursor.fixed, next.fixed);
            inherit(cursor.pattern, next.pattern);
            out.push_back(std::move(next));
            add_required(*plan, out);
        }
    }

    /// What a slice demands that must be there, the whole demands (a coding of "code" with a fixed code).
    void add_required(const Plan& list, std::vector<Cursor>& out) {
        for (const Plan* slice : list.all_slices) {
            if (slice->definition->min == 0) continue;
            out.push_back(at(*slice));
            add_required(*slice, out);
        }
    }

    bool is_extension(const Plan& slice, std::string_view url) {
        for (const auto& type : definitions_.types(slice.definition->types))
            for (const auto& profile : definitions_.canonicals(type.profiles))
                if (definitions_.text(profile.url).starts_with(url)) return true;
        const Plan* own = slice.content ? slice.content->child(definitions_.name("url")) : nullptr;
        return own != nullptr && own->fixed && own->fixed->root() && own->fixed->root().text() == url;
    }

    void add_slices(const Plan& list, std::string_view url, std::vector<Cursor>& out) {
        for (const Plan* slice : list.all_slices) {
            if (is_extension(*slice, url)) out.push_back(at(*slice));
            add_slices(*slice, url, out);
        }
    }

    void extensions(const Cursor& cursor, std::string_view url, std::vector<Cursor>& out) {
        for (const Plan* holder : holders(cursor)) {
            const Plan* list = holder->child(definitions_.name("extension"));
            if (list == nullptr) continue;
            add_slices(*list, url, out);
        }
        if (!out.empty()) return;
        if (const Plan* root = plans_.root(definitions_.structure(url))) out.push_back(at(*root));
    }

    void targets(const Cursor& cursor, std::vector<Cursor>& out) {
        each_type(cursor, [&](const fhir::Type& type) {
            for (const auto& target : definitions_.canonicals(type.targets))
                if (const Plan* root = plans_.root(target.structure)) out.push_back(at(*root));
        });
    }

    const Plans& plans_;
    const fhir::Definitions& definitions_;
    std::vector<Cursor> cursors_;
};

bool is_root(const Plan& plan) {
    return plan.definition->parent == 0 && plan.definition->name == 0;
}

void collect_types(const Plans& plans, const Cursor& cursor, Criterion& out) {
    const auto& definitions = plans.definitions();
    if (cursor.of_type != 0) {
        out.types.push_back(cursor.of_type);
    } else if (is_root(*cursor.plan)) {
        out.types.push_back(definitions.structure_at(cursor.plan->structure).type);
    } else {
        for (const auto& type : definitions.types(cursor.plan->definition->types)) out.types.push_back(type.code);
    }
}

void collect_profiles(const Plans& plans, const Cursor& cursor, Criterion& out) {
    const auto& definitions = plans.definitions();
    if (is_root(*cursor.plan)) {
        out.profiles.push_back(cursor.plan->structure);
        return;
    }
    for (const auto& type : definitions.types(cursor.plan->definition->types))
        for (const auto& profile : definitions.canonicals(type.profiles))
            if (profile.structure != 0) out.profiles.push_back(profile.structure);
}

/// The place that says most: a value, then a binding.
const Cursor& best_of(const std::vector<Cursor>& cursors) {
    for (const auto& cursor : cursors)
        if (cursor.fixed || cursor.pattern) return cursor;
    for (const auto& cursor : cursors)
        if (cursor.plan->definition->binding != 0) return cursor;
    return cursors.front();
}

void take_value(const Plans& plans, const Cursor& cursor, Criterion& out) {
    const auto& definition = *cursor.plan->definition;
    out.owner = cursor.owner;
    out.fixed = cursor.fixed;
    if (!cursor.fixed) out.pattern = cursor.pattern;
    if (cursor.fixed || cursor.pattern) return;
    if (definition.binding != 0 &&
        plans.definitions().binding(definition.binding).strength == fhir::Binding::Strength::required) {
        out.binding = definition.binding;
        return;
    }
    out.is_required = definition.min > 0;
    out.is_forbidden = definition.max == 0;
    out.is_undecidable = !out.is_required && !out.is_forbidden;
}

/// Values that the profile fixes below a complex element stand for a value of the element itself.
void add_below(const Plans& plans, const Plan& plan, const Criterion& above, std::vector<Criterion>& out) {
    if (plan.content != &plan) return;
    for (const Plan* child : plan.children) {
        Criterion criterion;
        criterion.kind = above.kind;
        criterion.path = above.path;
        criterion.steps = above.steps;
        PathStep step;
        step.name = child->definition->name;
        criterion.steps.push_back(step);
        if (child->fixed || child->pattern) {
            criterion.owner = child->fixed ? child->fixed : child->pattern;
            (child->fixed ? criterion.fixed : criterion.pattern) = criterion.owner->root();
            out.push_back(criterion);
        } else {
            add_below(plans, *child, criterion, out);
        }
    }
}

void read_criterion(const Plans& plans, const Plan& slice, Kind kind, std::string_view path,
                    std::vector<Criterion>& out) {
    Criterion criterion;
    criterion.kind = kind;
    criterion.path = path;
    criterion.steps = parse_discriminator(plans.definitions(), path);
    SliceReader reader(plans, slice);
    for (const auto& step : criterion.steps) reader.follow(step);
    const auto& cursors = reader.cursors();
    if (cursors.empty()) {
        criterion.is_undecidable = true;
        out.push_back(std::move(criterion));
        return;
    }
    if (kind == Kind::type || kind == Kind::profile) {
        for (const auto& cursor : cursors) {
            collect_types(plans, cursor, criterion);
            if (kind == Kind::profile) collect_profiles(plans, cursor, criterion);
        }
        criterion.is_undecidable = kind == Kind::profile && criterion.profiles.empty();
        out.push_back(std::move(criterion));
        return;
    }
    const auto& cursor = best_of(cursors);
    if (kind == Kind::exists) {
        criterion.is_required = cursor.plan->definition->min > 0;
        criterion.is_forbidden = cursor.plan->definition->max == 0;
        out.push_back(std::move(criterion));
        return;
    }
    take_value(plans, cursor, criterion);
    const auto before = out.size();
    if (!criterion.fixed && !criterion.pattern && criterion.binding == 0)
        for (const auto& each : cursors) add_below(plans, *each.plan, criterion, out);
    if (out.size() == before) out.push_back(std::move(criterion));
}

bool is_extension_element(const Plans& plans, const Plan& plan) {
    const auto types = plans.definitions().types(plan.definition->types);
    return !types.empty() && plans.definitions().name_text(types.front().code) == "Extension";
}

}  // namespace

std::vector<PathStep> parse_discriminator(const fhir::Definitions& definitions, std::string_view path) {
    std::vector<PathStep> steps;
    while (!path.empty()) {
        while (!path.empty() && (path.front() == '.' || path.front() == ' ' || path.front() == '('))
            path.remove_prefix(1);
        const auto end = path.find_first_of(".( )");
        const auto word = path.substr(0, end);
        path.remove_prefix(end == std::string_view::npos ? path.size() : end);
        std::string_view argument;
        if (!path.empty() && path.front() == '(') {
            // An address in quotes may hold dots and brackets.
            const auto quote = path.find_first_of("'\"");
            auto close = path.find(')');
            if (quote != std::string_view::npos && quote < close) {
                const auto last = path.find(path[quote], quote + 1);
                if (last == std::string_view::npos) return steps;
                argument = path.substr(quote + 1, last - quote - 1);
                close = path.find(')', last);
            } else {
                argument = path.substr(1, close == std::string_view::npos ? close : close - 1);
            }
            path.remove_prefix(close == std::string_view::npos ? path.size() : close + 1);
        }
        while (!path.empty() && path.front() == ')') path.remove_prefix(1);
        PathStep step;
        if (word.empty() || word == "$this") continue;
        if (word == "resolve") {
            step.kind = PathStep::Kind::resolve;
        } else if (word == "extension" && !argument.empty()) {
            step.kind = PathStep::Kind::extension;
            step.url = argument;
        } else if (word == "ofType" || (word == "as" && !argument.empty())) {
            step.kind = PathStep::Kind::of_type;
            step.name = definitions.name(argument);
        } else if (word == "as") {
            // "value as Quantity"
            while (!path.empty() && path.front() == ' ') path.remove_prefix(1);
            const auto stop = path.find_first_of(") .");
            step.kind = PathStep::Kind::of_type;
            step.name = definitions.name(path.substr(0, stop));
            path.remove_prefix(stop == std::string_view::npos ? path.size() : stop);
        } else {
            step.name = definitions.name(word);
        }
        steps.push_back(std::move(step));
    }
    return steps;
}

Slicing make_slicing(const Plans& plans, const Plan& sliced) {
    const auto& definitions = plans.definitions();
    Slicing slicing;
    std::span<const fhir::Discriminator> discriminators;
    if (sliced.definition->slicing != 0) {
        const auto& source = definitions.slicing(sliced.definition->slicing);
        slicing.rules = source.rules;
        slicing.is_ordered = source.ordered != 0;
        discriminators = definitions.discriminators(source.discriminators);
    }
    for (const Plan* plan : sliced.all_slices) {
        Slice slice;
        slice.plan = plan;
        slice.is_default = definitions.name_text(plan->definition->slice_name) == "@default";
        for (const auto& discriminator : discriminators)
            read_criterion(plans, *plan, discriminator.kind, definitions.text(discriminator.path), slice.criteria);
        if (discriminators.empty()) {
            // Not said: extensions are told apart by url, choices by type.
            if (is_extension_element(plans, sliced))
                read_criterion(plans, *plan, Kind::value, "url", slice.criteria);
            else if (sliced.definition->is(fhir::Element::kChoice))
                read_criterion(plans, *plan, Kind::type, "$this", slice.criteria);
        }
        // What the profile leaves open does not count where something else tells the slice.
        const auto decided = [](const Criterion& criterion) { return !criterion.is_undecidable; };
        if (std::any_of(slice.criteria.begin(), slice.criteria.end(), decided))
            std::erase_if(slice.criteria, [](const Criterion& criterion) { return criterion.is_undecidable; });
        slicing.slices.push_back(std::move(slice));
    }
    return slicing;
}

}  // namespace causeway::validation
