#pragma once
// Variants that a Parquet file says to be ones (the VARIANT annotation): DuckDB decodes them, and
// puts their shredded parts together, into a type of its own.

namespace duckdb {
class DatabaseInstance;
}

namespace hanok::engine {

// Adds the cast from that type to Spark's value and metadata.
void register_variant_cast(duckdb::DatabaseInstance& instance);

}  // namespace hanok::engine
