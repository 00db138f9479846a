#include "fhirpath/value.hpp"

#include <algorithm>

#include "fhirpath/quantity.hpp"

namespace causeway::fhirpath {
namespace {

bool is_hl7v2(const tree::Node& node) {
    return node.document()->format() == "hl7v2";
}

Order order_of(int sign) {
    return sign < 0 ? Order::less : sign > 0 ? Order::greater : Order::equal;
}

// Is the value a date by itself (not a text that only might be one)?
bool is_temporal(const Value& value) {
    if (std::holds_alternative<Temporal>(value)) return true;
    const auto* node = as_node(value);
    if (node == nullptr) return false;
    const auto type = node->type();
    return type == "date" || type == "dateTime" || type == "instant" || type == "time";
}

// "2012-05" or longer: a text that nothing but a date is written as.
bool looks_temporal(const Value& value) {
    const auto* node = as_node(value);
    if (node == nullptr || node->kind() != tree::Kind::text) return is_temporal(value);
    const auto text = node->text();
    return text.size() >= 7 && text[4] == '-' && parse_date_or_date_time(text).has_value();
}

bool both_moments(const Value& a, const Value& b) {
    if (is_temporal(a) || is_temporal(b)) return true;
    return as_node(a) != nullptr && as_node(b) != nullptr && (looks_temporal(a) || looks_temporal(b));
}

bool is_complex(const Value& value) {
    const auto* node = as_node(value);
    return node != nullptr && !node->has_value();
}

std::vector<tree::Node> children_of(const tree::Node& node) {
    std::vector<tree::Node> children;
    node.children(children);
    return children;
}

constexpr int kMaxTreeDepth = 100;

template <class Same>
bool deep_equal(const tree::Node& a, const tree::Node& b, const Same& same_value, int depth = 0) {
    if (a == b) return true;
    if (depth > kMaxTreeDepth || a.has_value() != b.has_value()) return false;
    if (a.has_value() && !same_value(Value(a), Value(b))) return false;
    const auto left = children_of(a);
    const auto right = children_of(b);
    if (left.size() != right.size()) return false;
    for (std::size_t i = 0; i < left.size(); ++i)
        if (left[i].name() != right[i].name() || !deep_equal(left[i], right[i], same_value, depth + 1)) return false;
    return true;
}

std::string folded(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
        const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
        if (blank && (out.empty() || out.back() == ' ')) continue;
        out += blank ? ' ' : lower;
    }
    if (!out.empty() && out.back() == ' ') out.pop_back();
    return out;
}

bool equivalent_numbers(const Number& a, const Number& b) {
    const int decimals = std::min(a.shortest().scale, b.shortest().scale);
    return a.rounded(decimals).compare(b.rounded(decimals)) == 0;
}

std::optional<bool> equal_order(Order order) {
    if (order == Order::unknown) return std::nullopt;
    return order == Order::equal;
}

std::optional<bool> equal_quantities(const Value& a, const Value& b) {
    const auto left = as_quantity(a);
    const auto right = as_quantity(b);
    if (!left || !right) return false;
    return are_equal(*left, *right);
}

bool equal_types(const Value& a, const Value& b) {
    const auto* x = std::get_if<TypeInfo>(&a);
    const auto* y = std::get_if<TypeInfo>(&b);
    if (x != nullptr && y != nullptr) return x->space == y->space && x->name == y->name;
    const auto text = as_string(x != nullptr ? b : a);
    return text == to_text(x != nullptr ? a : b);
}

}  // namespace

Value to_value(const Number& number, bool integer) {
    if (integer)
        if (const auto whole = number.whole()) return static_cast<std::int64_t>(*whole);
    return Decimal{number.value(), number.text()};
}

const tree::Node* as_node(const Value& value) {
    return std::get_if<tree::Node>(&value);
}

std::optional<Number> as_number(const Value& value) {
    if (const auto* integer = std::get_if<std::int64_t>(&value)) return Number::of(*integer);
    if (const auto* decimal = std::get_if<Decimal>(&value)) return Number::parse(decimal->text);
    const auto* node = as_node(value);
    if (node == nullptr) return std::nullopt;
    if (node->kind() == tree::Kind::number || (node->kind() == tree::Kind::text && is_hl7v2(*node)))
        return Number::parse(node->text());
    return std::nullopt;
}

bool is_integer(const Value& value) {
    if (std::holds_alternative<std::int64_t>(value)) return true;
    const auto* node = as_node(value);
    return node != nullptr && node->text().find_first_of(".eE") == std::string_view::npos &&
           node->type() != "decimal" && as_number(value).has_value();
}

std::optional<std::int64_t> as_integer(const Value& value) {
    if (!is_integer(value)) return std::nullopt;
    const auto number = as_number(value);
    return number ? number->whole() : std::nullopt;
}

std::optional<bool> as_boolean(const Value& value) {
    if (const auto* boolean = std::get_if<bool>(&value)) return *boolean;
    const auto* node = as_node(value);
    if (node == nullptr || node->kind() != tree::Kind::boolean) return std::nullopt;
    return node->text() == "true";
}

std::optional<std::string_view> as_string(const Value& value) {
    if (const auto* text = std::get_if<std::string>(&value)) return *text;
    const auto* node = as_node(value);
    if (node == nullptr || node->kind() != tree::Kind::text) return std::nullopt;
    return node->text();
}

std::optional<std::string_view> as_plain_text(const Value& value) {
    const auto text = as_string(value);
    return text && as_node(value) != nullptr && (is_temporal(value) || looks_temporal(value)) ? std::nullopt : text;
}

std::optional<Moment> as_moment(const Value& value) {
    if (const auto* temporal = std::get_if<Temporal>(&value)) return Moment::parse(temporal->text, temporal->kind);
    const auto* node = as_node(value);
    if (node == nullptr || node->kind() != tree::Kind::text) return std::nullopt;
    if (is_hl7v2(*node)) return Moment::parse_hl7(node->text());
    const auto type = node->type();
    if (type == "time") return Moment::parse(node->text(), Temporal::Kind::time);
    auto moment = parse_date_or_date_time(node->text());
    if (!moment && type.empty()) moment = Moment::parse(node->text(), Temporal::Kind::time);
    if (moment && (type == "dateTime" || type == "instant")) moment->kind = Temporal::Kind::date_time;
    return moment;
}

std::optional<Quantity> as_written_quantity(const Value& value) {
    if (const auto* quantity = std::get_if<Quantity>(&value)) return *quantity;
    const auto* node = as_node(value);
    return node != nullptr ? quantity_of(*node) : std::nullopt;
}

std::optional<Quantity> as_quantity(const Value& value) {
    if (auto quantity = as_written_quantity(value)) return quantity;
    const auto number = as_number(value);
    return number ? std::optional(Quantity{number->text(), "1"}) : std::nullopt;
}

Order order(const Value& a, const Value& b) {
    if (as_written_quantity(a) || as_written_quantity(b)) {
        const auto left = as_quantity(a);
        const auto right = as_quantity(b);
        if (!left || !right) return Order::incomparable;
        const auto pair = in_one_unit(*left, *right);
        return pair ? order_of(pair->a.compare(pair->b)) : Order::unknown;
    }
    if (both_moments(a, b)) {
        const auto left = as_moment(a);
        const auto right = as_moment(b);
        return left && right ? compare(*left, *right) : Order::incomparable;
    }
    const auto left = as_string(a);
    const auto right = as_string(b);
    if (left && right) return order_of(left->compare(*right));
    const auto x = as_number(a);
    const auto y = as_number(b);
    return x && y ? order_of(x->compare(*y)) : Order::incomparable;
}

std::optional<bool> equal(const Value& a, const Value& b) {
    const auto* left = as_node(a);
    const auto* right = as_node(b);
    if (left != nullptr && right != nullptr) {
        if (*left == *right) return true;
        if (is_complex(a) || is_complex(b))
            return deep_equal(*left, *right, [](const Value& x, const Value& y) { return same(x, y); });
    }
    if (std::holds_alternative<Quantity>(a) || std::holds_alternative<Quantity>(b)) return equal_quantities(a, b);
    if (std::holds_alternative<TypeInfo>(a) || std::holds_alternative<TypeInfo>(b)) return equal_types(a, b);
    if (is_complex(a) || is_complex(b)) return false;
    if (both_moments(a, b)) {
        const auto x = as_moment(a);
        const auto y = as_moment(b);
        return x && y ? equal_order(compare(*x, *y)) : false;
    }
    if (const auto x = as_boolean(a)) return as_boolean(b) == x;
    const auto x = as_string(a);
    const auto y = as_string(b);
    if (x && y) return *x == *y;
    const auto m = as_number(a);
    const auto n = as_number(b);
    return m && n && m->compare(*n) == 0;
}

bool equivalent(const Value& a, const Value& b) {
    const auto* left = as_node(a);
    const auto* right = as_node(b);
    if (left != nullptr && right != nullptr && (is_complex(a) || is_complex(b)))
        return deep_equal(*left, *right, [](const Value& x, const Value& y) { return equivalent(x, y); });
    if (std::holds_alternative<Quantity>(a) || std::holds_alternative<Quantity>(b)) {
        const auto x = as_quantity(a);
        const auto y = as_quantity(b);
        const auto pair = x && y ? in_one_unit(*x, *y, true) : std::nullopt;
        if (!pair) return false;
        // Both values rounded to the precision of the less precise one, in its unit.
        const auto p = Number::parse(x->value);
        const auto q = Number::parse(y->value);
        if (pair->a.is_zero() || pair->b.is_zero() || !p || !q) return pair->a.compare(pair->b) == 0;
        const auto ratio = pair->a.over(pair->b);
        const auto in_x = ratio ? p->over(*ratio) : std::nullopt;
        return in_x && equivalent_numbers(*p, *in_x);
    }
    if (std::holds_alternative<TypeInfo>(a) || std::holds_alternative<TypeInfo>(b)) return equal_types(a, b);
    if (is_complex(a) || is_complex(b)) return false;
    if (both_moments(a, b)) {
        const auto x = as_moment(a);
        const auto y = as_moment(b);
        return x && y && compare(*x, *y) == Order::equal;
    }
    if (const auto x = as_boolean(a)) return as_boolean(b) == x;
    const auto x = as_string(a);
    const auto y = as_string(b);
    if (x && y) return folded(*x) == folded(*y);
    const auto m = as_number(a);
    const auto n = as_number(b);
    return m && n && equivalent_numbers(*m, *n);
}

std::string to_text(const Value& value) {
    struct Writer {
        std::string operator()(const tree::Node& node) const { return std::string(node.text()); }
        std::string operator()(bool boolean) const { return boolean ? "true" : "false"; }
        std::string operator()(std::int64_t integer) const { return std::to_string(integer); }
        std::string operator()(const Decimal& decimal) const { return decimal.text; }
        std::string operator()(const std::string& text) const { return text; }
        std::string operator()(const Temporal& temporal) const { return temporal.text; }
        std::string operator()(const Quantity& quantity) const {
            const bool calendar =
                !calendar_unit(quantity.unit).empty() && (quantity.unit.size() > 3 || quantity.unit == "day");
            return calendar ? quantity.value + " " + quantity.unit : quantity.value + " '" + quantity.unit + "'";
        }
        std::string operator()(const TypeInfo& type) const {
            return type.space.empty() ? type.name : type.space + "." + type.name;
        }
    };
    return std::visit(Writer(), value);
}

}  // namespace causeway::fhirpath
