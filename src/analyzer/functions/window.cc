// Window functions proper: rank, lag, … An aggregate over a window is declared in aggregate.cc.

#include "analyzer/coercion.h"
#include "analyzer/functions/signature.h"

namespace hanok::analyzer {

using resolved::ExprPtr;
using resolved::Exprs;
using types::DataType;
using types::TypePtr;

namespace {

void add(FunctionRegistry& registry, const std::string& name, int min_args, int max_args,
    BindFunction bind, const std::string& usage) {
    FunctionDef def;
    def.name = name;
    def.group = "window_funcs";
    def.kind = FunctionKind::kWindow;
    def.min_args = min_args;
    def.max_args = max_args;
    def.bind = std::move(bind);
    def.usage = usage;
    // Ranks are shown in capitals and without what they were called with.
    bool is_rank = name == "rank" || name == "dense_rank" || name == "percent_rank";
    if (is_rank)
        def.column_name = [name](const std::vector<std::string>&) {
            return types::to_upper(name) + "()";
        };
    if (name == "lag" || name == "lead") {
        def.column_name = [name](const std::vector<std::string>& args) {
            return name + "(" + args[0] + ", " + (args.size() > 1 ? args[1] : "1") + ", " +
                   (args.size() > 2 ? args[2] : "NULL") + ")";
        };
    }
    registry.add(std::move(def));
}

ExprPtr window(
    const CallInput& input, const std::string& function, Exprs args, TypePtr type, bool nullable) {
    auto out = std::make_shared<resolved::Window>(
        function, std::move(args), std::move(type), nullable);
    out->ansi = input.context.ansi;
    out->ignore_nulls = input.ignore_nulls;
    return out;
}

BindFunction rank_like(const std::string& name, TypePtr type) {
    return [name, type](const FunctionDef&, CallInput& input) {
        return window(input, name, {}, type, false);
    };
}

ExprPtr bind_ntile(const FunctionDef& def, CallInput& input) {
    auto args = coerce_arguments({"int?=1"}, def, input);
    return window(input, "ntile", std::move(args), DataType::integer(), false);
}

// lag(x, offset = 1, default = NULL): the default takes x's type.
BindFunction offset_function(const std::string& name) {
    return [name](const FunctionDef& def, CallInput& input) -> ExprPtr {
        const auto& value = input.args[0];
        ExprPtr offset = input.args.size() > 1
                             ? cast_to(input.args[1], DataType::integer(), input.context.ansi)
                             : int_constant(1);
        require_int(def, input, offset, "offset");
        ExprPtr otherwise = input.args.size() > 2 ? input.args[2] : null_constant(value->type);
        auto type = value->type;
        if (input.args.size() > 2) {
            type = common_type(def, input, {value, otherwise});
            otherwise = cast_to(otherwise, type, input.context.ansi);
        }
        bool nullable = value->nullable || otherwise->nullable;
        return window(input, name, {cast_to(value, type, input.context.ansi), offset, otherwise},
            type, nullable);
    };
}

// DataFrames give IGNORE NULLS as a third argument.
ExprPtr bind_nth_value(const FunctionDef& def, CallInput& input) {
    if (input.args.size() > 2) {
        const auto* flag = as_literal(input.args[2]);
        if (!flag || !flag->type->is(types::TypeId::kBoolean) || flag->value.is_null())
            raise_unexpected_type(def, input, 2, "\"BOOLEAN\"");
        input.ignore_nulls = flag->value.as_bool();
        input.args.pop_back();
    }
    ExprPtr offset = cast_to(input.args[1], DataType::integer(), input.context.ansi);
    if (require_int(def, input, offset, "offset") <= 0) {
        raise_mismatch(def, input, "VALUE_OUT_OF_RANGE",
            {{"exprName", "offset"}, {"valueRange", "(0, 9223372036854775807]"},
                {"currentValue", expression_sql(*offset)}});
    }
    return window(input, "nth_value", {input.args[0], offset}, input.args[0]->type, true);
}

}  // namespace

void register_window(FunctionRegistry& registry) {
    add(registry, "row_number", 0, 0, rank_like("row_number", DataType::integer()),
        "Position of the row, from 1.");
    add(registry, "rank", 0, -1, rank_like("rank", DataType::integer()), "Rank with gaps.");
    add(registry, "dense_rank", 0, -1, rank_like("dense_rank", DataType::integer()),
        "Rank without gaps.");
    add(registry, "percent_rank", 0, -1, rank_like("percent_rank", DataType::double_()),
        "Rank from 0 to 1.");
    add(registry, "cume_dist", 0, 0, rank_like("cume_dist", DataType::double_()),
        "Share of rows not behind this one.");
    add(registry, "ntile", 0, 1, bind_ntile, "Bucket of the row among n equal ones.");
    add(registry, "lag", 1, 3, offset_function("lag"), "Value some rows before.");
    add(registry, "lead", 1, 3, offset_function("lead"), "Value some rows after.");
    add(registry, "nth_value", 2, 3, bind_nth_value, "Value of the n-th row of the frame.");
}

}  // namespace hanok::analyzer
