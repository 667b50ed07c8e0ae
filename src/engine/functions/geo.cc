#include "engine/functions/geo.h"

#include <duckdb/parser/expression/list.hpp>

#include "engine/functions/typed_kernel.h"
#include "engine/functions/typed_lowering.h"
#include "engine/types/logical_types.h"
#include "types/geo.h"

namespace hanok::engine {

using duckdb::FlatVector;
using duckdb::idx_t;
using duckdb::Vector;
using types::DataType;

namespace {

constexpr size_t kSrid = 0;
constexpr size_t kWkb = 1;

int32_t known_srid(int64_t srid, const DataType& type) {
    bool is_geography = types::is_geography(type);
    bool fits = srid == static_cast<int32_t>(srid);
    if (!fits || types::crs_of_srid(static_cast<int>(srid), is_geography).empty())
        raise(types::invalid_srid(srid));
    return static_cast<int32_t>(srid);
}

std::string known_wkb(std::string_view wkb, const DataType& type) {
    try {
        return types::checked_wkb(wkb, types::is_geography(type));
    } catch (const Error& e) {
        raise(e);
    }
}

void store(Vector& result, idx_t row, int32_t srid, std::string_view wkb) {
    auto& parts = duckdb::StructVector::GetEntries(result);
    FlatVector::GetData<int32_t>(*parts[kSrid])[row] = srid;
    FlatVector::GetData<duckdb::string_t>(*parts[kWkb])[row] =
        duckdb::StringVector::AddStringOrBlob(*parts[kWkb], wkb.data(), wkb.size());
}

// (wkb, srid): a new value.
void make(const TypedCall& call, std::vector<NestedColumn>& columns, idx_t count, Vector& result) {
    for (idx_t row = 0; row < count; ++row) {
        if (columns[0].is_null(row) || columns[1].is_null(row)) {
            FlatVector::SetNull(result, row, true);
            continue;
        }
        auto srid = known_srid(columns[1].integer(row), *call.result);
        store(result, row, srid, known_wkb(columns[0].text(row), *call.result));
    }
}

// (value, srid): the value with another SRID.
void set_srid(
    const TypedCall& call, std::vector<NestedColumn>& columns, idx_t count, Vector& result) {
    for (idx_t row = 0; row < count; ++row) {
        if (columns[0].is_null(row) || columns[1].is_null(row)) {
            FlatVector::SetNull(result, row, true);
            continue;
        }
        auto srid = known_srid(columns[1].integer(row), *call.result);
        store(result, row, srid, columns[0].child(kWkb).text(row));
    }
}

Blob write(Bytes wkb, std::string_view endianness) {
    auto order = types::to_upper(std::string(endianness));
    if (order == "NDR") return {std::string(wkb.data)};
    if (order == "XDR") return {types::big_endian_wkb(wkb.data)};
    raise(Error(ErrorKind::kIllegalArgument, "ST_INVALID_ENDIANNESS_VALUE",
        {{"endianness", std::string(endianness)}}));
}

DuckExpr part(DuckExpr value, size_t i) {
    return duck_call("struct_extract",
        duck_list(std::move(value), duck_constant(duckdb::Value(struct_field_name(i)))));
}

LowerFunction typed(const std::string& kernel) {
    return [kernel](const LowerContext&, const resolved::Call& call, DuckExprs args) {
        return typed_call(
            kernel, {call.args[0]->type, call.args[1]->type}, call.type, {}, std::move(args));
    };
}

}  // namespace

DuckExpr lower_geo_cast(DuckExpr child, const DataType& from, const DataType& to) {
    if (from.id() == to.id() || !types::is_geography(to)) return child;
    auto srid = part(child->Copy(), kSrid);
    return typed_call("spark_geo_make", {DataType::binary(), DataType::integer()},
        std::make_shared<DataType>(to), {},
        duck_list(part(std::move(child), kWkb), std::move(srid)));
}

void lower_geo(FunctionLowerings& l) {
    l.scalar("st_geomfromwkb", typed("spark_geo_make"));
    l.scalar("st_geogfromwkb", typed("spark_geo_make"));
    l.scalar("st_setsrid", typed("spark_geo_set_srid"));
    l.scalar("st_srid", [](const LowerContext&, const resolved::Call&, DuckExprs args) {
        return part(std::move(args[0]), kSrid);
    });
    l.scalar("st_asbinary", [](const LowerContext&, const resolved::Call&, DuckExprs args) {
        return duck_call(
            "spark_wkb_write", duck_list(part(std::move(args[0]), kWkb), std::move(args[1])));
    });
}

void add_geo(KernelSet& kernels) {
    TypedOptions options;
    options.result = to_logical_type(*types::geometry_type(0));
    options.keeps_nulls = true;
    options.is_fallible = true;
    add_typed_kernel(kernels, "spark_geo_make", options, make);
    add_typed_kernel(kernels, "spark_geo_set_srid", options, set_srid);
    kernels.add(
        "spark_wkb_write",
        [](Bytes wkb, std::string_view endianness) { return write(wkb, endianness); },
        Fallible::kYes);
}

}  // namespace hanok::engine
