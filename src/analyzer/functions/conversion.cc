// cast as functions: int('1'), string(2), …

#include "analyzer/coercion.h"
#include "analyzer/functions/signature.h"

namespace hanok::analyzer {

using resolved::ExprPtr;
using types::DataType;
using types::TypePtr;

namespace {

ExprPtr bind_conversion(const TypePtr& type, const FunctionDef& def, CallInput& input) {
    const auto& e = input.args[0];
    if (!can_cast(*e->type, *type, input.context.ansi)) {
        raise_mismatch(def, input, "CAST_WITHOUT_SUGGESTION",
            {{"srcType", quoted_type(*e->type)}, {"targetType", quoted_type(*type)}});
    }
    if (e->type->same_type(*type)) return e;
    auto mode = input.context.ansi ? resolved::CastMode::kAnsi : resolved::CastMode::kLegacy;
    bool nullable = e->nullable || cast_is_nullable(*e->type, *type, mode);
    auto cast = std::make_shared<resolved::Cast>(e, type, mode, nullable);
    cast->origin = input.origin;
    return cast;
}

}  // namespace

void register_conversion(FunctionRegistry& registry) {
    FunctionGroup group(registry, "conversion_funcs");
    const std::pair<const char*, TypePtr> conversions[] = {
        {"bigint", DataType::long_()},
        {"binary", DataType::binary()},
        {"boolean", DataType::boolean()},
        {"date", DataType::date()},
        {"decimal", DataType::decimal(10, 0)},
        {"double", DataType::double_()},
        {"float", DataType::float_()},
        {"int", DataType::integer()},
        {"smallint", DataType::short_()},
        {"string", DataType::string()},
        {"timestamp", DataType::timestamp()},
        {"tinyint", DataType::byte()},
        {"time", DataType::time()},
    };
    for (const auto& [name, type] : conversions) {
        auto target = type;
        group
            .custom(
                name, 1, 1,
                [target](const FunctionDef& def, CallInput& input) {
                    return bind_conversion(target, def, input);
                },
                "Casts a value to " + type->sql() + ".")
            .column_name([](const std::vector<std::string>& args) {
                return args.empty() ? std::string() : args[0];
            });
    }
}

}  // namespace hanok::analyzer
