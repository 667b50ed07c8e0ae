#include "engine/python/source_filters.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "engine/functions/base64.h"
#include "engine/functions/variant/variant_builder.h"
#include "resolved/tree.h"

namespace hanok::engine {

using resolved::ExprKind;
using resolved::ExprPtr;
using types::TypeId;
using types::Value;

namespace {

// False for types that a VARIANT does not hold: Spark does not offer such filters.
bool append_value(VariantBuilder& out, const Value& value, const types::DataType& type);

bool append_list(VariantBuilder& out, const Value::List& items, const types::DataType& element) {
    auto begin = out.begin();
    std::vector<size_t> offsets;
    for (const auto& item : items) {
        offsets.push_back(out.offset(begin));
        if (!append_value(out, item, element)) return false;
    }
    out.end_array(begin, offsets);
    return true;
}

bool append_struct(VariantBuilder& out, const Value::List& items, const types::DataType& type) {
    auto begin = out.begin();
    std::vector<VariantBuilder::Field> fields;
    for (size_t i = 0; i < items.size(); ++i) {
        fields.push_back(out.field(type.fields()[i].name, begin));
        if (!append_value(out, items[i], *type.fields()[i].type)) return false;
    }
    out.end_object(begin, fields);
    return true;
}

bool append_value(VariantBuilder& out, const Value& value, const types::DataType& type) {
    if (value.is_null()) return out.null(), true;
    switch (type.id()) {
        case TypeId::kBoolean: out.boolean(value.as_bool()); return true;
        case TypeId::kByte:
        case TypeId::kShort:
        case TypeId::kInteger:
        case TypeId::kLong: out.integer(value.as_int()); return true;
        case TypeId::kFloat: out.single(static_cast<float>(value.as_double())); return true;
        case TypeId::kDouble: out.real(value.as_double()); return true;
        case TypeId::kDecimal: out.decimal({value.as_decimal(), type.scale()}); return true;
        case TypeId::kDate: out.date(static_cast<int32_t>(value.as_int())); return true;
        case TypeId::kTimestamp: out.timestamp(value.as_int()); return true;
        case TypeId::kTimestampNtz: out.timestamp_ntz(value.as_int()); return true;
        case TypeId::kString:
        case TypeId::kChar:
        case TypeId::kVarchar: out.text(value.as_string()); return true;
        case TypeId::kBinary: out.binary(value.as_string()); return true;
        case TypeId::kArray: return append_list(out, value.as_list(), *type.element());
        case TypeId::kStruct: return append_struct(out, value.as_list(), type);
        default: return false;
    }
}

struct Column {
    std::vector<std::string> path;
    types::TypePtr type;
};

class Offer {
public:
    Offer(const resolved::Attributes& columns, const FoldConstant& fold)
        : columns_(columns), fold_(fold) {}

    OfferedFilters of(const resolved::Exprs& conditions) {
        for (const auto& condition : conditions) not_null(*condition);
        for (size_t i = 0; i < conditions.size(); ++i) {
            if (!resolved::is_deterministic(*conditions[i])) continue;
            condition_ = i;
            filter(conditions[i], false);
        }
        out_.json = filters_.dump();
        return std::move(out_);
    }

private:
    static const resolved::Call* call_of(const ExprPtr& e) {
        return e->kind == ExprKind::kCall ? &e->as<resolved::Call>() : nullptr;
    }

    std::optional<Column> column(const ExprPtr& e) const {
        if (e->kind == ExprKind::kAttribute) {
            for (const auto& a : columns_)
                if (a.id == e->as<resolved::AttributeRef>().id) return Column{{a.name}, a.type};
            return std::nullopt;
        }
        const auto* call = call_of(e);
        if (!call || call->function != "get_struct_field") return std::nullopt;
        auto base = column(call->args[0]);
        if (!base || !base->type->is(TypeId::kStruct)) return std::nullopt;
        auto index = static_cast<size_t>(call->args[1]->as<resolved::Literal>().value.as_int());
        const auto& field = base->type->fields().at(index);
        base->path.push_back(field.name);
        return Column{base->path, field.type};
    }

    // Columns that are not NULL where `e` is true, because its value is NULL where they are.
    void not_null(const resolved::Expression& e) {
        static const std::set<std::string> kStrict{"=", "!=", "<", "<=", ">", ">=", "not", "+", "-",
            "*", "startswith", "endswith", "contains", "like", "get_struct_field"};
        if (e.kind == ExprKind::kAttribute) {
            for (const auto& a : columns_)
                if (a.id == e.as<resolved::AttributeRef>().id && a.nullable) add_not_null(a.name);
            return;
        }
        if (e.kind == ExprKind::kCast) return not_null(*e.as<resolved::Cast>().child);
        if (e.kind != ExprKind::kCall || kStrict.count(e.as<resolved::Call>().function) == 0)
            return;
        for (const auto& arg : e.as<resolved::Call>().args) not_null(*arg);
    }

    void add_not_null(const std::string& name) {
        if (!known_.insert(name).second) return;
        filters_.push_back({{"name", "IsNotNull"}, {"columnPath", {name}}, {"isNegated", false}});
        out_.conditions.emplace_back();
    }

    void push(const char* name, const Column& column, bool negated, bool is_whole) {
        filters_.push_back({{"name", name}, {"columnPath", column.path}, {"isNegated", negated}});
        out_.conditions.push_back(is_whole ? std::optional(condition_) : std::nullopt);
    }

    void push_value(const char* name, const Column& column, bool negated, const Value& value,
        const types::DataType& type, bool is_whole = true) {
        VariantBuilder builder;
        if (column.type->is_string() && !column.type->is_default_collation()) return;
        if (!append_value(builder, value, type)) return;
        push(name, column, negated, is_whole);
        filters_.back()["value"] = {
            {"value", to_base64(builder.value())}, {"metadata", to_base64(builder.metadata())}};
    }

    std::optional<Value> constant(const ExprPtr& e) const {
        if (e->kind == ExprKind::kLiteral) return e->as<resolved::Literal>().value;
        if (!resolved::is_foldable(*e)) return std::nullopt;
        return fold_(e);
    }

    void filter(const ExprPtr& e, bool negated) {
        if (auto c = column(e); c && c->type->is(TypeId::kBoolean))
            return push_value("EqualTo", *c, negated, Value(true), *c->type);
        const auto* call = call_of(e);
        if (!call) return;
        const auto& name = call->function;
        const auto& args = call->args;
        if (name == "not" && !negated) return filter(args[0], true);
        if (name == "isnull" || name == "isnotnull") {
            auto c = column(args[0]);
            bool is_null = (name == "isnull") != negated;
            if (c && is_null) push("IsNull", *c, false, true);
            if (c && !is_null) whole_not_null(*c);
        } else if (name == "in") {
            in(args, negated);
        } else if (name == "startswith" || name == "endswith" || name == "contains") {
            const char* shown = name == "startswith" ? "StringStartsWith"
                                : name == "endswith" ? "StringEndsWith"
                                                     : "StringContains";
            text(shown, args, negated);
        } else if (name == "like") {
            like(args, negated);
        } else {
            comparison(name, args, negated);
        }
    }

    // x IS NOT NULL that stands in the query: at its place among those that follow from others.
    void whole_not_null(const Column& c) {
        if (c.path.size() > 1) return push("IsNotNull", c, false, true);
        add_not_null(c.path[0]);
        for (size_t i = 0; i < filters_.size(); ++i)
            if (filters_[i]["name"] == "IsNotNull" && filters_[i]["columnPath"][0] == c.path[0])
                out_.conditions[i] = condition_;
    }

    void comparison(std::string name, const resolved::Exprs& args, bool negated) {
        static const std::vector<std::pair<std::string, std::string>> kMirrored{
            {"<", ">"}, {">", "<"}, {"<=", ">="}, {">=", "<="}};
        static const std::vector<std::pair<std::string, std::string>> kOpposite{
            {"<", ">="}, {">", "<="}, {"<=", ">"}, {">=", "<"}};
        static const std::vector<std::pair<std::string, const char*>> kNames{{"=", "EqualTo"},
            {"<=>", "EqualNullSafe"}, {"<", "LessThan"}, {"<=", "LessThanOrEqual"},
            {">", "GreaterThan"}, {">=", "GreaterThanOrEqual"}};
        if (args.size() != 2) return;
        auto other_in = [&](const auto& table) {
            for (const auto& [from, to] : table)
                if (from == name) return to;
            return name;
        };
        ExprPtr left = args[0];
        ExprPtr right = args[1];
        if (resolved::is_foldable(*left)) {
            std::swap(left, right);
            name = other_in(kMirrored);
        }
        if (name == "!=") {
            name = "=";
            negated = !negated;
        } else if (negated && other_in(kOpposite) != name) {
            name = other_in(kOpposite);
            negated = false;
        }
        for (const auto& [op, shown] : kNames)
            if (op == name) compare(shown, left, right, negated);
    }

    void compare(const char* shown, const ExprPtr& left, const ExprPtr& right, bool negated) {
        auto c = column(left);
        auto value = constant(right);
        if (c && value) return push_value(shown, *c, negated, *value, *right->type);
        // An integer column beside a wider constant that it could hold.
        if (left->kind != ExprKind::kCast || !value || value->is_null()) return;
        c = column(left->as<resolved::Cast>().child);
        bool whole = c && c->type->is_integral() && left->type->is_integral();
        if (whole && fits(value->as_int(), c->type->id()))
            push_value(shown, *c, negated, *value, *c->type);
    }

    static bool fits(int64_t value, TypeId id) {
        switch (id) {
            case TypeId::kByte: return value == static_cast<int8_t>(value);
            case TypeId::kShort: return value == static_cast<int16_t>(value);
            case TypeId::kInteger: return value == static_cast<int32_t>(value);
            default: return true;
        }
    }

    void in(const resolved::Exprs& args, bool negated) {
        auto c = column(args[0]);
        if (!c) return;
        Value::List values;
        for (size_t i = 1; i < args.size(); ++i) {
            auto value = constant(args[i]);
            if (!value) return;
            if (std::find(values.begin(), values.end(), *value) == values.end())
                values.push_back(std::move(*value));
        }
        if (values.size() == 1)
            return push_value("EqualTo", *c, negated, values[0], *args[1]->type);
        push_value("In", *c, negated, types::list_value(std::move(values)),
            *types::DataType::array(args[1]->type, true));
    }

    void text(const char* shown, const resolved::Exprs& args, bool negated) {
        auto c = column(args[0]);
        auto value = constant(args[1]);
        if (c && value && !value->is_null() && c->type->is_string())
            push_value(shown, *c, negated, *value, *args[1]->type);
    }

    // Patterns whose only wildcards are % at the ends, or one in the middle.
    void like(const resolved::Exprs& args, bool negated) {
        auto c = column(args[0]);
        auto value = constant(args[1]);
        if (!c || !value || value->is_null() || !c->type->is_string()) return;
        auto pattern = value->as_string();
        if (pattern.find_first_of("_\\") != std::string::npos) return;
        const auto& type = *args[1]->type;
        auto put = [&](const char* shown, const std::string& text, bool is_whole = true) {
            push_value(shown, *c, negated, types::string_value(text), type, is_whole);
        };
        auto first = pattern.find('%');
        auto last = pattern.rfind('%');
        if (first == std::string::npos) return put("EqualTo", pattern);
        if (first == 0 && last == pattern.size() - 1 && last > 1) {
            auto inner = pattern.substr(1, last - 1);
            if (inner.find('%') == std::string::npos) put("StringContains", inner);
        } else if (first == last && first == pattern.size() - 1 && first > 0) {
            put("StringStartsWith", pattern.substr(0, first));
        } else if (first == last && first == 0 && pattern.size() > 1) {
            put("StringEndsWith", pattern.substr(1));
        } else if (first == last && !negated && pattern.size() > 1) {
            put("StringStartsWith", pattern.substr(0, first), false);
            put("StringEndsWith", pattern.substr(first + 1), false);
        }
    }

    const resolved::Attributes& columns_;
    const FoldConstant& fold_;
    OfferedFilters out_;
    nlohmann::json filters_ = nlohmann::json::array();
    std::set<std::string> known_;  // columns that are said not to be NULL
    size_t condition_ = 0;
};

}  // namespace

OfferedFilters offered_filters(const resolved::Exprs& conditions,
    const resolved::Attributes& columns, const FoldConstant& fold) {
    return Offer(columns, fold).of(conditions);
}

}  // namespace hanok::engine
