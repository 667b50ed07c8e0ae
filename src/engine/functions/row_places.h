#pragma once
// Kernels for where rows are: partitions, positions, random numbers by partition. The calls are
// made by lowering/partitions.cc alone.

#include "engine/functions/kernel.h"

namespace hanok::engine {

void add_row_places(KernelSet& kernels);

}  // namespace hanok::engine
