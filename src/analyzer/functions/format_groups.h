#pragma once
// Parts of the functions of text formats that stand in files of their own.

#include "analyzer/functions/signature.h"

namespace hanok::analyzer {

// from_xml, to_xml, schema_of_xml and xpath….
void register_xml(FunctionRegistry& registry);
// from_avro, to_avro, schema_of_avro.
void register_avro(FunctionRegistry& registry);
// from_protobuf, to_protobuf.
void register_protobuf(FunctionRegistry& registry);

// ---- for their bindings (json_csv_xml.cc)

// INVALID_OPTIONS… unless `e` is map('key', 'value', …) of constants.
void check_options(const FunctionDef& def, CallInput& input, const resolved::ExprPtr& e);
// The type that a schema argument (DDL or JSON text) names.
types::TypePtr schema_argument(const CallInput& input, const resolved::ExprPtr& e);
// Argument 0 as STRING.
resolved::ExprPtr text_argument(const FunctionDef& def, CallInput& input);
// In column names only the value shows.
std::string value_only(const std::string& name, const std::vector<std::string>& args);

}  // namespace hanok::analyzer
