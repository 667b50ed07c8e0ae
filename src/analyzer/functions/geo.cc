// GEOMETRY and GEOGRAPHY: from and to well-known binary, reference systems.

#include "types/geo.h"
#include "analyzer/functions/geo.h"

#include "analyzer/coercion.h"
#include "analyzer/functions/signature.h"

namespace hanok::analyzer {

using resolved::ExprPtr;
using types::DataType;
using types::TypeId;
using types::TypePtr;

namespace {

// The type of a new value: the SRID is part of it where it is a constant.
TypePtr type_of(bool is_geography, const ExprPtr& srid) {
    auto value = constant_int(srid);
    auto of = is_geography ? types::geography_type : types::geometry_type;
    if (!value) return of(types::kAnySrid);
    bool fits = *value >= 0 && *value == static_cast<int>(*value);
    if (!fits) throw types::invalid_srid(*value);
    return of(static_cast<int>(*value));
}

// The first argument, which must be spatial; NULL is a geometry.
ExprPtr spatial(const FunctionDef& def, CallInput& input) {
    check_arity(def, input);
    const auto& value = input.args[0];
    if (types::is_geo(*value->type)) return value;
    if (!value->type->is(TypeId::kNull))
        raise_unexpected_type(def, input, 0, "(\"GEOMETRY\" or \"GEOGRAPHY\")");
    return cast_to(value, types::geometry_type(types::kAnySrid), input.context.ansi);
}

ExprPtr bind_geometry(const FunctionDef& def, CallInput& input) {
    auto args = coerce_arguments({"binary", "int?=0"}, def, input);
    auto type = type_of(false, args[1]);
    bool nullable = any_nullable(args);
    return make_call(input, def.name, std::move(args), type, nullable);
}

// A geography has the one SRID; the kernel takes it as an argument that does not show.
ExprPtr bind_geography(const FunctionDef& def, CallInput& input) {
    auto args = coerce_arguments({"binary"}, def, input);
    auto type = types::geography_type(types::kDefaultSrid);
    bool nullable = any_nullable(args);
    auto original = args;
    args.push_back(int_constant(types::kDefaultSrid));
    return shown_as(def, original, make_call(input, def.name, std::move(args), type, nullable));
}

ExprPtr bind_srid(const FunctionDef& def, CallInput& input) {
    auto value = spatial(def, input);
    return make_call(input, def.name, {value}, DataType::integer(), value->nullable);
}

ExprPtr bind_set_srid(const FunctionDef& def, CallInput& input) {
    auto value = spatial(def, input);
    auto args = coerce_arguments({"any", "int"}, def, input);
    args[0] = value;
    auto type = type_of(types::is_geography(*value->type), args[1]);
    bool nullable = any_nullable(args);
    return make_call(input, def.name, std::move(args), type, nullable);
}

ExprPtr bind_binary(const FunctionDef& def, CallInput& input) {
    auto value = spatial(def, input);
    auto args = coerce_arguments({"any", "string?=NDR"}, def, input);
    args[0] = value;
    bool nullable = any_nullable(args);
    return make_call(input, def.name, std::move(args), DataType::binary(), nullable);
}

// "name(a, b)", with the default where the second argument is not given.
std::function<std::string(const std::vector<std::string>&)> with_default(
    const std::string& name, const std::string& value) {
    return [=](const std::vector<std::string>& args) {
        return name + "(" + args[0] + ", " + (args.size() > 1 ? args[1] : value) + ")";
    };
}

}  // namespace

void register_geo(FunctionRegistry& registry) {
    FunctionGroup group(registry, "st_funcs");
    group.custom("st_geomfromwkb", 1, 2, bind_geometry, "The geometry of a well-known binary.")
        .column_name(with_default("st_geomfromwkb", "0"))
        .parameters({"wkb", "srid"});
    group.custom("st_geogfromwkb", 1, 1, bind_geography, "The geography of a well-known binary.")
        .parameters({"wkb"});
    group.custom("st_asbinary", 1, 2, bind_binary, "The well-known binary of a spatial value.")
        .column_name(with_default("st_asbinary", "NDR"))
        .parameters({"geo", "endianness"});
    group.custom("st_srid", 1, 1, bind_srid, "The SRID of a spatial value.").parameters({"geo"});
    group.custom("st_setsrid", 2, 2, bind_set_srid, "A spatial value with another SRID.")
        .parameters({"geo", "srid"});
}

}  // namespace hanok::analyzer
