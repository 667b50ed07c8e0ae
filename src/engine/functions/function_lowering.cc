#include "engine/functions/function_lowering.h"

#include <duckdb/parser/expression/list.hpp>

#include "engine/functions/aggregates.h"
#include "engine/functions/avro.h"
#include "engine/functions/collations.h"
#include "engine/functions/collections.h"
#include "engine/functions/datetime.h"
#include "engine/functions/error_place.h"
#include "engine/functions/geo.h"
#include "engine/functions/groups.h"
#include "engine/functions/percentiles.h"
#include "engine/functions/protobuf.h"
#include "engine/functions/row_positions.h"
#include "engine/functions/sketches/frequency_sketches.h"
#include "engine/functions/sketches/hll_sketch.h"
#include "engine/functions/sketches/kll_sketch.h"
#include "engine/functions/sketches/theta_sketch.h"
#include "engine/functions/variant/variant_functions.h"
#include "engine/functions/vectors.h"
#include "engine/functions/xml_groups.h"

namespace hanok::engine {

const FunctionLowerings& FunctionLowerings::builtin() {
    static const FunctionLowerings lowerings = [] {
        FunctionLowerings l;
        lower_operators(l);
        lower_datetime_arithmetic(l);
        lower_math(l);
        lower_strings(l);
        lower_string_formats(l);
        lower_number_formats(l);
        lower_hashes(l);
        lower_misc(l);
        lower_aggregates(l);
        lower_windows(l);
        lower_datetime(l);
        lower_time_buckets(l);
        lower_collections(l);
        lower_higher_order(l);
        lower_json(l);
        lower_csv(l);
        lower_xml(l);
        lower_avro(l);
        lower_protobuf(l);
        lower_collations(l);
        lower_char_types(l);
        lower_variants(l);
        lower_geo(l);
        lower_percentiles(l);
        lower_theta_sketches(l);
        lower_hll_sketches(l);
        lower_kll_sketches(l);
        lower_frequency_sketches(l);
        lower_vectors(l);
        lower_vector_aggregates(l);
        lower_row_positions(l);
        return l;
    }();
    return lowerings;
}

void register_kernels(duckdb::DatabaseInstance& instance) {
    KernelSet kernels(instance);
    add_integer_arithmetic(kernels);
    add_decimal_arithmetic(kernels);
    add_interval_arithmetic(kernels);
    add_casts(kernels);
    add_math(kernels);
    add_rounding(kernels);
    add_random(kernels);
    add_strings(kernels);
    add_char_types(kernels);
    add_string_search(kernels);
    add_encodings(kernels);
    add_regular_expressions(kernels);
    add_string_formats(kernels);
    add_number_formats(kernels);
    add_hashes(kernels);
    add_encryption(kernels);
    add_misc(kernels);
    add_datetime(kernels);
    add_datetime_text(kernels);
    add_interval_making(kernels);
    add_time_buckets(kernels);
    add_arrays(kernels);
    add_maps(kernels);
    add_sequences(kernels);
    add_aggregate_finish(kernels);
    add_json(kernels);
    add_csv(kernels);
    add_xml(kernels);
    add_avro(kernels);
    add_protobuf(kernels);
    add_collations(kernels);
    add_variants(kernels);
    add_geo(kernels);
    add_percentiles(kernels);
    add_theta_sketches(kernels);
    add_hll_sketches(kernels);
    add_kll_sketches(kernels);
    add_frequency_sketches(kernels);
    add_vectors(kernels);
    add_vector_aggregates(kernels);
    add_row_positions(kernels);
}

namespace {

template <class Map>
const typename Map::mapped_type* find(const Map& map, const std::string& name) {
    auto it = map.find(name);
    return it == map.end() ? nullptr : &it->second;
}

}  // namespace

const LowerFunction* FunctionLowerings::find_scalar(const std::string& name) const {
    return find(scalars_, name);
}
const LowerAggregate* FunctionLowerings::find_aggregate(const std::string& name) const {
    return find(aggregates_, name);
}
const LowerWindow* FunctionLowerings::find_window(const std::string& name) const {
    return find(windows_, name);
}
const LowerGenerator* FunctionLowerings::find_generator(const std::string& name) const {
    return find(generators_, name);
}

DuckExpr FunctionLowerings::lower_scalar(
    const LowerContext& context, const resolved::Call& call, DuckExprs args) const {
    auto collation = comparing_collation(call);
    if (!collation.empty()) {
        auto collated = lower_collated(*this, context, call, collation, std::move(args));
        return at_place(std::move(collated), call.origin);
    }
    const auto* lower = find_scalar(call.function);
    auto expr = lower ? (*lower)(context, call, std::move(args))
                      : duck_call("spark_" + call.function, std::move(args));
    return at_place(std::move(expr), call.origin);
}

void FunctionLowerings::scalar(const std::string& name, LowerFunction lower) {
    scalars_[name] = std::move(lower);
}
void FunctionLowerings::aggregate(const std::string& name, LowerAggregate lower) {
    aggregates_[name] = std::move(lower);
}
void FunctionLowerings::window(const std::string& name, LowerWindow lower) {
    windows_[name] = std::move(lower);
}
void FunctionLowerings::generator(const std::string& name, LowerGenerator lower) {
    generators_[name] = std::move(lower);
}

}  // namespace hanok::engine
