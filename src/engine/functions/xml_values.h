#pragma once
// Elements of an XML document as typed values.

#include <libxml/tree.h>

#include <duckdb.hpp>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/functions/xml_options.h"

namespace hanok::engine {

// Writes elements into vectors of one type. One thread at a time. The type and the options must
// outlive it.
class XmlValueWriter {
public:
    // Throws UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE for types that XML cannot hold.
    XmlValueWriter(
        const types::DataType& type, const XmlOptions& options, const std::string& column);

    // The element as a value; false when part of it is no value of its type (that part is NULL).
    bool write(duckdb::Vector& vector, duckdb::idx_t row, const xmlNode& element);
    // The element as a struct, which is never NULL, even when the element is empty.
    bool write_struct(duckdb::Vector& vector, duckdb::idx_t row, const xmlNode& element);

private:
    bool write_text(duckdb::Vector& vector, duckdb::idx_t row, std::string text);
    bool write_element(duckdb::Vector& vector, duckdb::idx_t row, const xmlNode& element);
    bool write_map(duckdb::Vector& vector, duckdb::idx_t row, const xmlNode& element);
    bool write_list(
        duckdb::Vector& vector, duckdb::idx_t row, const std::vector<const xmlNode*>& nodes);
    bool write_attributes(duckdb::Vector& vector, duckdb::idx_t row, const xmlNode& element);
    bool write_node(duckdb::Vector& vector, duckdb::idx_t row, const xmlNode& node);
    bool is_blank_struct(const xmlNode& element) const;
    XmlValueWriter* field(const std::string& name, size_t* index);

    const types::DataType& type_;
    const XmlOptions& options_;
    std::unique_ptr<TextValueWriter> text_;  // of atomic types
    // Struct: its fields. Array: the element. Map: the value.
    std::vector<std::unique_ptr<XmlValueWriter>> children_;
    std::unordered_map<std::string, size_t> fields_;
};

}  // namespace hanok::engine
