#include "analyzer/collations.h"

#include <set>

#include "analyzer/coercion.h"
#include "analyzer/functions/signature.h"
#include "base/error.h"
#include "resolved/tree.h"
#include "types/collation.h"

namespace hanok::analyzer {

using resolved::ExprKind;
using resolved::ExprPtr;
using types::DataType;
using types::TypeId;

namespace {

std::string name_of(const DataType& type) {
    return type.is_default_collation() ? "" : type.collation();
}

const DataType* string_in(const DataType& type) {
    if (type.is_string()) return &type;
    return type.is(TypeId::kArray) ? string_in(*type.element()) : nullptr;
}

// Functions that give their strings a collation, ask for it, or keep each string its own.
bool keeps_own(const std::string& function) {
    static const std::set<std::string> names{"collate", "collation", "named_struct", "struct",
        "map", "from_json", "from_csv", "from_xml", "to_json", "to_csv", "to_xml", "encode",
        "decode", "to_binary", "try_to_binary", "format_number", "date_format", "to_date",
        "to_timestamp", "json_tuple", "get_json_object", "if", "when", "get_array_item", "hash",
        "xxhash64", "and", "or", "not", "isnull", "isnotnull", "typeof", "count", "mask"};
    return names.contains(function);
}

bool compares(const std::string& function) {
    static const std::set<std::string> names{"=", "==", "<=>", "!=", "<>", "<", "<=", ">",
        ">=", "in", "between", "nullif", "least", "greatest", "equal_null", "contains",
        "startswith", "endswith", "like", "ilike", "array_contains", "array_position",
        "arrays_overlap"};
    return names.contains(function);
}

// They search by characters, which a case-sensitive collation without accents cannot.
bool searches(const std::string& function) {
    static const std::set<std::string> names{"trim", "ltrim", "rtrim", "btrim", "str_to_map",
        "contains", "startswith", "endswith", "replace", "translate", "find_in_set", "instr",
        "substring_index", "locate", "split_part"};
    return names.contains(function);
}

types::TypePtr replaced(const types::TypePtr& type, const std::string& collation) {
    if (type->is(TypeId::kArray))
        return DataType::array(replaced(type->element(), collation), type->contains_null());
    return DataType::string(collation);
}

std::string quoted_literal(const resolved::Literal& literal, const std::string& collation) {
    return types::value_sql(literal.value, *DataType::string()) + " collate " + collation;
}

ExprPtr under(const ExprPtr& e, const std::string& collation) {
    auto type = replaced(e->type, collation);
    if (e->type->equals(*type)) return e;
    if (e->kind == ExprKind::kLiteral) {
        auto copy = std::make_shared<resolved::Literal>(e->as<resolved::Literal>());
        copy->type = type;
        return copy;
    }
    return cast_to(e, type, true);
}

struct Found {
    std::set<std::string> explicit_names, implicit_names, default_names;
};

Found found_in(const resolved::Exprs& args) {
    Found found;
    for (const auto& arg : args) {
        if (!arg) continue;
        auto c = collation_of(*arg);
        switch (c.strength) {
            case CollationStrength::kNone: break;
            case CollationStrength::kDefault: found.default_names.insert(c.name); break;
            case CollationStrength::kImplicit: found.implicit_names.insert(c.name); break;
            case CollationStrength::kExplicit: found.explicit_names.insert(c.name); break;
        }
    }
    return found;
}

std::string listed(const std::set<std::string>& names) {
    std::string out;
    for (const auto& name : names) {
        out += (out.empty() ? "" : ", ") + ("\"" + DataType::string(name)->sql() +
                                               (name.empty() ? " COLLATE UTF8_BINARY\"" : "\""));
    }
    return out;
}

void check_searchable(
    const std::string& function, const resolved::Exprs& args, const std::string& collation) {
    if (collation.empty() || !searches(function) || function == "find_in_set") return;
    auto parsed = types::Collation::parse(collation);
    if (!parsed || parsed->ignores_case || !parsed->ignores_accents) return;
    throw analysis_error("DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE",
        {{"paramIndex", "first"}, {"requiredType", "\"STRING\""},
            {"inputSql", quoted_sql(*args[0])}, {"inputType", quoted_type(*args[0]->type)},
            {"sqlExpr", "\"" + function + "\""}});
}

}  // namespace

ExpressionCollation collation_of(const resolved::Expression& e) {
    const auto* type = string_in(*e.type);
    if (!type) return {};
    ExpressionCollation own{CollationStrength::kImplicit, name_of(*type)};
    switch (e.kind) {
        case ExprKind::kLiteral: own.strength = CollationStrength::kDefault; return own;
        case ExprKind::kCast: {
            const auto& cast = e.as<resolved::Cast>();
            if (!string_in(*cast.child->type)) own.strength = CollationStrength::kDefault;
            if (!cast.is_explicit && string_in(*cast.child->type))
                own.strength = collation_of(*cast.child).strength;
            return own;
        }
        case ExprKind::kCall: break;
        default: return own;
    }
    const auto& call = e.as<resolved::Call>();
    if (call.function == "collate") {
        own.strength = CollationStrength::kExplicit;
        return own;
    }
    own.strength = CollationStrength::kDefault;
    for (const auto& arg : call.args) {
        auto c = collation_of(*arg);
        if (c.name == own.name) own.strength = std::max(own.strength, c.strength);
    }
    return own;
}

bool unify_collations(
    const std::string& function, resolved::Exprs& args, std::vector<std::string>& names) {
    bool plain = true;
    for (const auto& arg : args) {
        const auto* type = arg ? string_in(*arg->type) : nullptr;
        bool chosen = arg && arg->kind == ExprKind::kCall &&
                      arg->as<resolved::Call>().function == "collate";
        plain = plain && !chosen && (!type || type->is_default_collation());
    }
    if (plain || keeps_own(function)) return true;
    auto found = found_in(args);
    std::string winner;
    if (found.explicit_names.size() > 1) {
        throw analysis_error(
            "COLLATION_MISMATCH.EXPLICIT", {{"explicitTypes", listed(found.explicit_names)}});
    }
    if (!found.explicit_names.empty()) {
        winner = *found.explicit_names.begin();
    } else if (found.implicit_names.size() > 1) {
        if (compares(function)) {
            throw analysis_error(
                "COLLATION_MISMATCH.IMPLICIT", {{"implicitTypes", listed(found.implicit_names)}});
        }
        if (searches(function)) {
            throw analysis_error(
                "INDETERMINATE_COLLATION_IN_EXPRESSION", {{"expr", "\"" + function + "\""}});
        }
        return false;
    } else if (!found.implicit_names.empty()) {
        winner = *found.implicit_names.begin();
    } else if (!found.default_names.empty()) {
        winner = *found.default_names.rbegin();
    }
    for (size_t i = 0; i < args.size(); ++i) {
        if (!args[i] || !string_in(*args[i]->type)) continue;
        bool is_constant = args[i]->kind == ExprKind::kLiteral && !winner.empty() &&
                           args[i]->type->is_string();
        if (is_constant && i < names.size() && args[i]->type->is_default_collation())
            names[i] = quoted_literal(args[i]->as<resolved::Literal>(), winner);
        args[i] = under(args[i], winner);
    }
    check_searchable(function, args, winner);
    return true;
}

ExprPtr with_collation(
    const std::string& function, const ExprPtr& bound, const resolved::Exprs& args) {
    static const std::set<std::string> kept{"lower", "lcase", "upper", "ucase", "initcap",
        "substring", "substr", "left", "right", "concat", "||", "concat_ws", "elt", "trim", "ltrim",
        "rtrim", "btrim", "lpad", "rpad", "repeat", "replace", "reverse", "translate", "overlay",
        "split", "split_part", "substring_index", "regexp_replace", "regexp_substr",
        "regexp_extract", "make_valid_utf8", "validate_utf8", "try_validate_utf8", "quote", "mask",
        "listagg", "string_agg"};
    bool is_map = function == "str_to_map";
    if (!is_map && (!kept.contains(function) || !string_in(*bound->type))) return bound;
    std::string collation;
    for (const auto& arg : args) {
        const auto* type = arg ? string_in(*arg->type) : nullptr;
        if (type && !type->is_default_collation()) collation = type->collation();
    }
    if (collation.empty()) return bound;
    if (!is_map && !string_in(*bound->type)->is_default_collation()) return bound;
    auto text = DataType::string(collation);
    auto type = is_map ? DataType::map(text, text, bound->type->contains_null())
                       : replaced(bound->type, collation);
    if (bound->kind == ExprKind::kCall) {
        auto copy = std::make_shared<resolved::Call>(bound->as<resolved::Call>());
        copy->type = type;
        return copy;
    }
    if (bound->kind == ExprKind::kAggregate) {
        auto copy = std::make_shared<resolved::Aggregate>(bound->as<resolved::Aggregate>());
        copy->type = type;
        return copy;
    }
    return bound;
}

}  // namespace hanok::analyzer
