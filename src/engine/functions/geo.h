#pragma once
// Geometries and geographies: structs of an SRID and well-known binary (types/geo.h).

#include "engine/functions/function_lowering.h"
#include "engine/functions/kernel.h"

namespace hanok::engine {

void lower_geo(FunctionLowerings& lowerings);
void add_geo(KernelSet& kernels);

// Casts to GEOMETRY and GEOGRAPHY; the analyzer lets no others through than between these two.
DuckExpr lower_geo_cast(DuckExpr child, const types::DataType& from, const types::DataType& to);

}  // namespace hanok::engine
