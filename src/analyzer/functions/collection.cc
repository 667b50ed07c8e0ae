// Functions of arrays; size, reverse and element_at take maps or strings too.

#include "analyzer/coercion.h"
#include "analyzer/functions/array_arguments.h"
#include "resolved/tree.h"

namespace hanok::analyzer {

using resolved::ExprPtr;
using resolved::Exprs;
using types::DataType;
using types::TypeId;
using types::TypePtr;

namespace {

ExprPtr bind_array(const FunctionDef& def, CallInput& input) {
    auto& args = input.args;
    auto element = args.empty() ? DataType::null() : common_type(def, input, args);
    for (auto& a : args) a = cast_to(a, element, input.context.ansi);
    return make_call(input, "array", args, DataType::array(element, any_nullable(args)), false);
}

// array_append(array, x), array_prepend(array, x).
ExprPtr bind_add(const FunctionDef& def, CallInput& input) {
    unify_element(def, input, 0, 1);
    auto type = DataType::array(input.args[0]->type->element(), true);
    return make_call(input, def.name, input.args, type, input.args[0]->nullable);
}

// -1 once stood for the place before the last element, where it now stands for the end.
ExprPtr one_further_from_end(const CallInput& input, const ExprPtr& position) {
    if (auto known = constant_int(position))
        return *known < 0 ? int_constant(*known - 1) : position;
    auto call = [&](const std::string& name, Exprs args, TypePtr type) {
        bool nullable = any_nullable(args);
        return make_call(input, name, std::move(args), std::move(type), nullable);
    };
    auto negative = call("<", {position, int_constant(0)}, DataType::boolean());
    auto moved = call("-", {position, int_constant(1)}, DataType::integer());
    return call("when", {negative, moved, position}, DataType::integer());
}

ExprPtr bind_insert(const FunctionDef& def, CallInput& input) {
    unify_element(def, input, 0, 2);
    auto& args = input.args;
    bool is_position = args[1]->type->is_integral() && !args[1]->type->is(TypeId::kLong);
    if (!is_position) raise_unexpected_type(def, input, 1, "\"INT\"");
    args[1] = cast_to(args[1], DataType::integer(), input.context.ansi);
    if (input.context.conf &&
        input.context.conf("spark.sql.legacy.negativeIndexInArrayInsert") == "true")
        args[1] = one_further_from_end(input, args[1]);
    auto type = DataType::array(args[0]->type->element(), true);
    return make_call(input, "array_insert", args, type, args[0]->nullable || args[1]->nullable);
}

// array_contains, array_position, array_remove: a value looked for.
BindFunction search(std::function<TypePtr(const TypePtr& array)> result, bool three_valued) {
    return [result, three_valued](const FunctionDef& def, CallInput& input) {
        if (input.args[1]->type->is(TypeId::kNull)) {
            raise_mismatch(def, input, "NULL_TYPE", {{"functionName", quote_identifier(def.name)}});
        }
        unify_element(def, input, 0, 1);
        auto type = input.args[0]->type;
        bool nullable = any_nullable(input.args) || (three_valued && type->contains_null());
        return make_call(input, def.name, input.args, result(type), nullable);
    };
}

BindFunction set_operation(std::function<bool(bool left, bool right)> contains_null) {
    return [contains_null](const FunctionDef& def, CallInput& input) {
        auto element = unify_arrays(def, input);
        const auto& args = input.args;
        bool nulls = contains_null(args[0]->type->contains_null(), args[1]->type->contains_null());
        return make_call(
            input, def.name, args, DataType::array(element, nulls), any_nullable(args));
    };
}

ExprPtr bind_overlap(const FunctionDef& def, CallInput& input) {
    unify_arrays(def, input);
    const auto& args = input.args;
    bool nullable = any_nullable(args) || args[0]->type->contains_null() ||
                    args[1]->type->contains_null();
    return make_call(input, def.name, args, DataType::boolean(), nullable);
}

// The name of a column or field, else its position.
std::string zip_field(const ExprPtr& e, size_t i) {
    if (e->kind == resolved::ExprKind::kAttribute) return e->as<resolved::AttributeRef>().name;
    if (e->kind == resolved::ExprKind::kCall) {
        const auto& call = e->as<resolved::Call>();
        if (call.function == "get_struct_field") {
            auto ordinal = constant_int(call.args[1]);
            if (ordinal) return call.args[0]->type->fields()[static_cast<size_t>(*ordinal)].name;
        }
    }
    return std::to_string(i);
}

ExprPtr bind_zip(const FunctionDef& def, CallInput& input) {
    types::Fields fields;
    for (size_t i = 0; i < input.args.size(); ++i) {
        auto type = require_array(def, input, i);
        fields.push_back({zip_field(input.args[i], i), type->element(), true, ""});
    }
    auto type = DataType::array(DataType::struct_(std::move(fields)), false);
    return make_call(input, def.name, input.args, type, any_nullable(input.args));
}

ExprPtr bind_flatten(const FunctionDef& def, CallInput& input) {
    auto type = require_array(def, input, 0);
    if (!type->element()->is(TypeId::kArray)) {
        raise_unexpected_type(def, input, 0, "\"ARRAY\" of \"ARRAY\"");
    }
    bool nullable = input.args[0]->nullable || type->contains_null();
    return make_call(input, def.name, input.args, type->element(), nullable);
}

ExprPtr bind_size(const FunctionDef& def, CallInput& input) {
    auto& arg = input.args[0];
    if (arg->type->is(TypeId::kNull))
        arg = cast_to(arg, DataType::array(DataType::null()), input.context.ansi);
    if (!arg->type->is(TypeId::kArray) && !arg->type->is(TypeId::kMap)) {
        raise_unexpected_type(def, input, 0, "(\"ARRAY\" or \"MAP\")");
    }
    auto size = make_call(input, "size", {arg}, DataType::integer(), arg->nullable);
    bool counts_null = !input.context.ansi;
    if (counts_null && input.context.conf)
        counts_null = input.context.conf("spark.sql.legacy.sizeOfNull") != "false";
    if (!counts_null) return size;
    return make_call(input, "coalesce", {size, int_constant(-1)}, DataType::integer(), false);
}

ExprPtr bind_reverse(const FunctionDef& def, CallInput& input) {
    auto& arg = input.args[0];
    if (arg->type->is(TypeId::kArray))
        return make_call(input, "reverse", {arg}, arg->type, arg->nullable);
    if (arg->type->is(TypeId::kBinary))
        return make_call(input, "reverse_binary", {arg}, arg->type, arg->nullable);
    auto args = coerce_arguments({"string"}, def, input);
    return make_call(input, "reverse_string", args, args[0]->type, args[0]->nullable);
}

BindFunction element_at(bool is_try) {
    return [is_try](const FunctionDef& def, CallInput& input) -> ExprPtr {
        auto& args = input.args;
        bool raises = input.context.ansi && !is_try;
        if (args[0]->type->is(TypeId::kMap)) {
            if (!can_implicitly_cast(*args[1]->type, *args[0]->type->key(), input.context.ansi)) {
                raise_unexpected_type(def, input, 1, quoted_type(*args[0]->type->key()));
            }
            args[1] = cast_to(args[1], args[0]->type->key(), input.context.ansi);
            return make_call(input, "get_map_value", args, args[0]->type->value(), true);
        }
        auto type = require_array(def, input, 0);
        if (!args[1]->type->is_integral() && !args[1]->type->is(TypeId::kNull))
            raise_unexpected_type(def, input, 1, "\"INT\"");
        auto at = constant_int(args[1]);
        if (at && *at < 0) {
            // Counted from the end, which only a written array tells.
            bool written = args[0]->kind == resolved::ExprKind::kCall &&
                           args[0]->as<resolved::Call>().function == "array";
            at = written ? static_cast<int64_t>(args[0]->as<resolved::Call>().args.size()) + *at
                         : -1;
        } else if (at) {
            *at -= 1;
        }
        bool nullable = args[0]->nullable || args[1]->nullable ||
                        element_nullable(args[0], at, raises);
        args[1] = cast_to(args[1], DataType::integer(), input.context.ansi);
        auto call = std::make_shared<resolved::Call>("element_at", args, type->element(), nullable);
        call->ansi = raises;
        call->origin = input.origin;
        return call;
    };
}

ExprPtr bind_get(const FunctionDef& def, CallInput& input) {
    auto& args = input.args;
    if (args[0]->type->is(TypeId::kNull)) raise_unexpected_type(def, input, 0, "\"ARRAY\"");
    auto type = require_array(def, input, 0);
    if (!args[1]->type->is_integral() && !args[1]->type->is(TypeId::kNull))
        raise_unexpected_type(def, input, 1, "\"INTEGRAL\"");
    bool nullable = any_nullable(args) || element_nullable(args[0], constant_int(args[1]), false);
    args[1] = cast_to(args[1], DataType::integer(), input.context.ansi);
    auto call = std::make_shared<resolved::Call>("get_array_item", args, type->element(), nullable);
    call->ansi = false;
    return call;
}

// sequence(start, stop[, step]) of integers, or of dates and timestamps by intervals.
ExprPtr bind_sequence(const FunctionDef& def, CallInput& input) {
    auto& args = input.args;
    bool ansi = input.context.ansi;
    auto type = common_type(def, input, {args[0], args[1]});
    bool has_step = args.size() > 2;
    if (type->is_integral() && has_step && args[2]->type->is_integral())
        type = wider_type(type, args[2]->type, ansi);
    if (!type->is_integral() && !type->is_datetime()) {
        raise_mismatch(def, input, "SEQUENCE_WRONG_INPUT_TYPES",
            {{"functionName", quote_identifier(def.name)},
                {"startType", "(\"TIMESTAMP\" or \"TIMESTAMP_NTZ\" or \"DATE\")"},
                {"stepType",
                    "(\"INTERVAL\" or \"INTERVAL YEAR TO MONTH\" or \"INTERVAL DAY TO SECOND\")"},
                {"otherStartType", "\"INTEGRAL\""}});
    }
    args[0] = cast_to(args[0], type, ansi);
    args[1] = cast_to(args[1], type, ansi);
    if (has_step) {
        const auto& step = *args[2]->type;
        bool fits = type->is_integral()
                        ? step.is_integral()
                        : step.is_ansi_interval() || step.is(TypeId::kCalendarInterval);
        if (!fits && !step.is(TypeId::kNull)) {
            raise_unexpected_type(def, input, 2,
                type->is_integral()
                    ? "\"INTEGRAL\""
                    : "(\"INTERVAL\" or \"INTERVAL YEAR TO MONTH\" or \"INTERVAL DAY TO SECOND\")");
        }
        if (type->is_integral())
            args[2] = cast_to(args[2], type, ansi);
        else if (step.is(TypeId::kNull))
            args[2] = cast_to(args[2], DataType::calendar_interval(), ansi);
    }
    return make_call(input, "sequence", args, DataType::array(type, false), any_nullable(args));
}

ExprPtr bind_shuffle(const FunctionDef& def, CallInput& input) {
    auto type = require_array(def, input, 0);
    if (input.args.size() > 1)
        input.args[1] = cast_to(input.args[1], DataType::long_(), input.context.ansi);
    auto call = std::make_shared<resolved::Call>(
        "shuffle", input.args, type, input.args[0]->nullable);
    call->deterministic = false;
    return call;
}

ExprPtr bind_sort_array(const FunctionDef& def, CallInput& input) {
    auto type = require_array(def, input, 0);
    if (!type->element()->is_orderable() && !type->element()->is(TypeId::kNull)) {
        raise_mismatch(def, input, "INVALID_ORDERING_TYPE",
            {{"functionName", quote_identifier(def.name)}, {"dataType", quoted_type(*type)}});
    }
    if (input.args.size() < 2) {
        input.args.push_back(make_literal(DataType::boolean(), types::bool_value(true)));
    } else if (!input.args[1]->type->is(TypeId::kBoolean)) {
        raise_unexpected_type(def, input, 1, "\"BOOLEAN\"");
    }
    return make_call(input, def.name, input.args, type, any_nullable(input.args));
}

// A function of an array whose result follows from the array's type.
BindFunction of_array(std::function<TypePtr(const TypePtr&)> result, bool always_nullable = false) {
    return [result, always_nullable](const FunctionDef& def, CallInput& input) {
        auto type = require_array(def, input, 0);
        return make_call(
            input, def.name, input.args, result(type), always_nullable || input.args[0]->nullable);
    };
}

TypePtr itself(const TypePtr& array) { return array; }
TypePtr its_element(const TypePtr& array) { return array->element(); }

void register_changes(FunctionGroup& g) {
    g.custom("array", 0, -1, bind_array, "An array of the arguments.");
    g.custom("array_append", 2, 2, bind_add, "The array with an element more at its end.");
    g.custom("array_prepend", 2, 2, bind_add, "The array with an element more at its start.");
    g.custom("array_insert", 3, 3, bind_insert, "The array with an element more at a position.");
    g.custom("array_remove", 2, 2, search(itself, false),
        "The array without the elements equal to a value.");
    g.custom("array_compact", 1, 1,
        of_array([](const TypePtr& t) { return DataType::array(t->element(), false); }),
        "The array without its NULLs.");
    g.custom("array_distinct", 1, 1, of_array(itself), "The array without repeated elements.");
    g.scalar("array_repeat", {"any", "int"}, "array<void>", "An array of one element n times.")
        .result([](const Exprs& args, CallInput&) {
            return DataType::array(args[0]->type, args[0]->nullable);
        })
        .nulls([](const Exprs& args) { return args[1]->nullable; });
    g.custom("array_except", 2, 2, set_operation([](bool left, bool) { return left; }),
        "Elements of the first array only.");
    g.custom("array_intersect", 2, 2,
        set_operation([](bool left, bool right) { return left && right; }),
        "Elements of both arrays.");
    g.custom("array_union", 2, 2,
        set_operation([](bool left, bool right) { return left || right; }),
        "Elements of either array.");
    g.custom("arrays_zip", 0, -1, bind_zip, "Structs of the i-th elements of the arrays.");
    g.custom("flatten", 1, 1, bind_flatten, "An array of arrays as one array.");
    g.custom("shuffle", 1, 2, bind_shuffle, "The array in a random order.")
        .column_name(
            [](const std::vector<std::string>& args) { return "shuffle(" + args[0] + ")"; });
    g.scalar("slice", {"array", "int", "int"}, "arg0", "Some elements from a position on.");
    g.custom("reverse", 1, 1, bind_reverse, "A string or an array in reverse order.");
    g.custom("sequence", 2, 3, bind_sequence, "An array of values from a start to a stop.");
    g.custom("sort_array", 1, 2, bind_sort_array, "The array in order, NULLs first when ascending.")
        .column_name([](const std::vector<std::string>& args) {
            return "sort_array(" + args[0] + ", " + (args.size() > 1 ? args[1] : "true") + ")";
        });
}

void register_questions(FunctionGroup& g) {
    g.custom("array_contains", 2, 2,
        search([](const TypePtr&) { return DataType::boolean(); }, true),
        "Is a value among the elements?");
    g.custom("array_position", 2, 2,
        search([](const TypePtr&) { return DataType::long_(); }, false),
        "Position of the first element equal to a value, 0 when absent.");
    g.custom("arrays_overlap", 2, 2, bind_overlap, "Have the arrays a common element?");
    g.scalar("array_join", {"array<string>", "string", "string?"}, "string",
        "The elements as one text with a separator.");
    g.custom("array_max", 1, 1, of_array(its_element, true), "The greatest element.");
    g.custom("array_min", 1, 1, of_array(its_element, true), "The least element.");
    g.custom("array_size", 1, 1, of_array([](const TypePtr&) { return DataType::integer(); }),
        "Number of elements.");
    for (const char* name : {"size", "cardinality"}) {
        g.custom(name, 1, 1, bind_size, "Number of elements of an array or a map.");
    }
    g.custom("element_at", 2, 2, element_at(false), "Element at a position from 1, or of a key.");
    g.custom("try_element_at", 2, 2, element_at(true),
        "Element at a position from 1, or of a key; NULL when absent.");
    g.custom("get", 2, 2, bind_get, "Element at a position from 0; NULL when absent.");
}

}  // namespace

void register_collection(FunctionRegistry& registry) {
    FunctionGroup arrays(registry, "array_funcs");
    register_changes(arrays);
    FunctionGroup collections(registry, "collection_funcs");
    register_questions(collections);
}

}  // namespace hanok::analyzer
