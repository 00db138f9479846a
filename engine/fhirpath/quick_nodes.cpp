// The short way: nodes that a path leads to.
#include "fhirpath/quick.hpp"
#include "fhirpath/quick_marks.hpp"
#include "fhirpath/types.hpp"

namespace causeway::fhirpath {

std::uint32_t Quick::id_of(std::uint32_t name) {
    auto& id = ids_[name];
    if (id != kUnknown) return id;
    id = is_same_definitions_ && program_.name_ids[name] != 0 ? program_.name_ids[name]
                                                              : tape_.names().find(program_.names[name]);
    return id;
}

bool Quick::each_input(const Op& op, std::uint32_t focus, Visit visit) {
    if (op.input != Op::kFocus) return each(op.input, focus, visit);
    visit(focus);
    return true;
}

bool Quick::each(std::uint32_t index, std::uint32_t focus, Visit visit) {
    if (++work_ > kMaxWork) return false;
    const Op& op = program_.ops[index];
    switch (op.code) {
        case OpCode::self:
            visit(focus);
            return true;
        case OpCode::member:
            return each_member(op, focus, visit);
        case OpCode::start:
            return each_start(op, focus, visit);
        case OpCode::indexer:
            return each_indexed(op, focus, visit);
        case OpCode::as_type:
            return each_of_type(op, focus, visit);
        case OpCode::function:
            return each_call(op, focus, visit);
        case OpCode::variable: {
            const auto& name = program_.names[op.a];
            const auto known = environment_.variables.find(name);
            if (known != environment_.variables.end()) return each_known(known->second, visit);
            if (name != "context" && name != "resource" && name != "rootResource") return false;
            const auto& given = name == "rootResource" && environment_.root_resource ? environment_.root_resource
                                                                                     : environment_.resource;
            if (name == "context" || !given) return visit(focus_), true;
            if (given.document() != &tape_) return false;
            visit(static_cast<std::uint32_t>(given.handle()));
            return true;
        }
        case OpCode::binary: {  // A union.
            bool goes_on = true;
            auto pass = [&](std::uint32_t record) { return goes_on = visit(record); };
            if (!each(op.input, focus, visit_with(pass))) return false;
            return !goes_on || each(argument(op), focus, visit);
        }
        default:
            return false;
    }
}

// A variable that holds nodes of this document, and nothing else.
bool Quick::each_known(const Collection& items, Visit visit) {
    for (const auto& item : items) {
        const auto* node = std::get_if<tree::Node>(&item);
        if (node == nullptr || node->document() != &tape_) return false;
        if (!visit(static_cast<std::uint32_t>(node->handle()))) return true;
    }
    return true;
}

bool Quick::each_member(const Op& op, std::uint32_t focus, Visit visit) {
    const auto id = id_of(op.a);
    if (id == 0) return true;
    const auto children = [&](std::uint32_t parent) {
        for (auto i = tape_.first_child(parent); i != 0; i = records_[i].next) {
            ++work_;
            const auto& child = records_[i];
            const bool named =
                child.name == id || (child.is(fhir::Record::kChoice) && tape_.name(i) == program_.names[op.a]);
            if (named && child.is_shown() && !visit(i)) return false;
        }
        return true;
    };
    if (op.input == Op::kFocus) return children(focus), true;
    auto pass = children;
    return each(op.input, focus, visit_with(pass));
}

bool Quick::each_start(const Op& op, std::uint32_t focus, Visit visit) {
    const auto id = id_of(op.a);
    const auto& start = record(focus);
    if (start.kind != tree::Kind::object || id == 0) return false;
    if (start.type != id) return false;  // Perhaps a type that it derives from, or an element.
    visit(focus);
    return true;
}

bool Quick::each_indexed(const Op& op, std::uint32_t focus, Visit visit) {
    auto left = std::get<std::int64_t>(program_.constants[program_.ops[argument(op)].a]);
    if (left < 0) return true;
    auto pass = [&](std::uint32_t record) {
        if (left-- > 0) return true;
        visit(record);
        return false;
    };
    return each_input(op, focus, visit_with(pass));
}

bool Quick::each_of_type(const Op& op, std::uint32_t focus, Visit visit) {
    const auto& type = program_.types[op.a];
    // `as` of more than one item is a mistake that the Evaluator tells.
    const bool single =
        !program_.lenient_as && (op.code == OpCode::as_type || op.call == static_cast<std::uint8_t>(Callee::as));
    if (single) {
        std::uint32_t found[2];
        std::uint32_t count = 0;
        if (op.input == Op::kFocus) {
            found[count++] = focus;
        } else if (!few(op.input, focus, found, count) || count > 1) {
            return false;
        }
        if (count == 1 && is_of(found[0], type, true)) visit(found[0]);
        return true;
    }
    auto pass = [&](std::uint32_t record) { return !is_of(record, type, true) || visit(record); };
    return each_input(op, focus, visit_with(pass));
}

bool Quick::each_extension(const Op& op, std::uint32_t focus, Visit visit) {
    const auto& url = std::get<std::string>(program_.constants[program_.ops[argument(op)].a]);
    const auto extension = tape_.names().find("extension");
    const auto name = tape_.names().find("url");
    if (extension == 0 || name == 0) return true;
    const auto has_url = [&](std::uint32_t record) {
        for (auto i = tape_.first_child(record); i != 0; i = records_[i].next)
            if (records_[i].name == name && records_[i].is_shown())
                return tape_.kind(i) == tree::Kind::text && tape_.text(i) == url;
        return false;
    };
    auto pass = [&](std::uint32_t parent) {
        for (auto i = tape_.first_child(parent); i != 0; i = records_[i].next) {
            ++work_;
            if (records_[i].name == extension && records_[i].is_shown() && has_url(i) && !visit(i)) return false;
        }
        return true;
    };
    return each_input(op, focus, visit_with(pass));
}

bool Quick::each_call(const Op& op, std::uint32_t focus, Visit visit) {
    switch (static_cast<Callee>(op.call)) {
        case Callee::where: {
            bool sure = true;
            auto pass = [&](std::uint32_t record) {
                const auto found = truth(argument(op), record);
                sure = sure && found != Answer::unsure;
                return sure && (found != Answer::yes || visit(record));
            };
            return each_input(op, focus, visit_with(pass)) && sure;
        }
        case Callee::select: {
            bool sure = true;
            auto pass = [&](std::uint32_t record) {
                bool goes_on = true;
                auto inner = [&](std::uint32_t found) { return goes_on = visit(found); };
                sure = sure && each(argument(op), record, visit_with(inner));
                return sure && goes_on;
            };
            return each_input(op, focus, visit_with(pass)) && sure;
        }
        case Callee::first: {
            auto pass = [&](std::uint32_t record) {
                visit(record);
                return false;
            };
            return each_input(op, focus, visit_with(pass));
        }
        case Callee::of_type:
        case Callee::as:
            return each_of_type(op, focus, visit);
        case Callee::extension:
            return each_extension(op, focus, visit);
        default:
            return false;
    }
}

bool Quick::few(std::uint32_t op, std::uint32_t focus, std::uint32_t (&found)[2], std::uint32_t& count) {
    auto pass = [&](std::uint32_t record) {
        found[count++] = record;
        return count < 2;
    };
    return each(op, focus, visit_with(pass));
}

bool Quick::is_of(std::uint32_t index, const TypeName& type, bool exact) const {
    const auto& own = record(index);
    if (is_same_definitions_ && own.type != 0 && type.structure != 0 && type.space != "System") {
        const auto& definitions = *program_.definitions;
        const auto structure = definitions.type_of_name(own.type);
        if (structure == type.structure) return true;
        const bool primitive =
            structure != 0 && definitions.structure_at(structure).kind == fhir::Structure::Kind::primitive_type;
        if (structure != 0 && definitions.structure_at(type.structure).is_profile == 0)
            return !(exact && primitive) && definitions.derives(structure, type.structure);
    }
    // A resource says its own type.
    if (own.is(fhir::Record::kResource) && type.lenient.empty() && type.space != "System") {
        if (tape_.type(index) == type.name) return true;
        if (!program_.definitions && !type.has_derived) return false;
    }
    const Value value = tape_.node(index);
    return exact ? has_type(value, type, program_.definitions.get()) : is_type(value, type, program_.definitions.get());
}

bool Quick::nodes(const std::function<void(const tree::Node&)>& visit) {
    return nodes(program_.root, focus_, visit);
}

bool Quick::nodes(std::uint32_t op, std::uint32_t focus, const std::function<void(const tree::Node&)>& visit) {
    auto pass = [&](std::uint32_t record) {
        visit(tape_.node(record));
        return true;
    };
    return each(op, focus, visit_with(pass));
}

bool Quick::first(std::optional<tree::Node>& node) {
    auto pass = [&](std::uint32_t record) {
        node = tape_.node(record);
        return false;
    };
    return each(program_.root, focus_, visit_with(pass));
}

}  // namespace causeway::fhirpath
