#pragma once
// Delta's checkpoints in Parquet, read and written by DuckDB.

#include <functional>
#include <memory>

#include "delta/handlers.h"
#include "engine/instance/instance.h"

namespace hanok::engine {

// `instance` gives the DuckDB instance for each call.
std::shared_ptr<delta::CheckpointReader> make_checkpoint_reader(
    std::function<InstancePtr()> instance);
std::shared_ptr<delta::CheckpointWriter> make_checkpoint_writer(
    std::function<InstancePtr()> instance);

}  // namespace hanok::engine
