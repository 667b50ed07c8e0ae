#pragma once
// What a Scan reads. The analyzer treats it as opaque; the engine knows the concrete kinds
// (engine/scan_sources.h). A source is immutable and pins its version: a scan twice gives the same
// rows.

#include <string>
#include <vector>

#include "resolved/fwd.h"
#include "types/data_type.h"

namespace hanok::resolved {

struct ScanSource {
    types::TypePtr schema;                       // struct
    std::vector<std::string> partition_columns;  // subset of the schema's names
    std::string description;                     // for EXPLAIN: "Delta spark_catalog.default.t@3"
    std::string format;                          // "delta", "parquet", "csv", …
    // What is read, whatever its state is: equal for later versions of a table or other files of a
    // folder, different with other options. Empty: the description and the files tell.
    std::string identity;
    types::Fields metadata_fields;  // of _metadata, beyond those that every file source has
    // Files behind it as URIs (df.inputFiles); may be computed on demand.
    virtual std::vector<std::string> input_files() const { return {}; }
    virtual ~ScanSource() = default;
};

}  // namespace hanok::resolved
