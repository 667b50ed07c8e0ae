#pragma once
// Avro object container files: a header with the schema, then compressed blocks of rows.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "avro/block_codec.h"
#include "avro/datum.h"
#include "avro/schema.h"

namespace hanok::avro {

using Metadata = std::map<std::string, std::string>;

/// Makes a file in memory or piece by piece: what take() gives has to be written in order.
class ContainerWriter {
public:
    /// `sync`: 16 bytes that separate blocks.
    ContainerWriter(const std::string& schema_json, Codec codec, const Metadata& metadata,
        std::string sync, int level = -1);

    /// A row that the caller has encoded.
    void add(std::string_view row);
    void add(const Schema& schema, const Datum& row);
    /// Bytes that are ready; the caller's from now on.
    std::string take();
    /// The rest.
    std::string finish();
    int64_t rows() const { return rows_; }

private:
    void flush();
    Codec codec_;
    int level_;
    std::string sync_;
    std::string out_;
    std::string block_;
    int64_t in_block_ = 0;
    int64_t rows_ = 0;
};

struct ContainerHeader {
    SchemaPtr schema;
    Codec codec = Codec::kNull;
    Metadata metadata;
    std::string sync;
    size_t size_bytes = 0;  // where the first block begins
};

/// Reads the header off the front of a file. nullopt when `data` ends before the header does.
/// Throws Error AVRO_MALFORMED_DATA, AVRO_INVALID_SCHEMA, AVRO_UNKNOWN_CODEC.
std::optional<ContainerHeader> read_header(std::string_view data);

struct Block {
    int64_t rows = 0;
    std::string data;       // decompressed
    size_t size_bytes = 0;  // in the file, with what separates it from the next
};

/// Reads the block at the front of `data`; nullopt when it ends within. Throws AVRO_MALFORMED_DATA.
std::optional<Block> read_block(const ContainerHeader& header, std::string_view data);

/// All rows of a small file.
std::vector<Datum> read_rows(std::string_view file, ContainerHeader* header);

}  // namespace hanok::avro
