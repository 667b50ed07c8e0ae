#pragma once
// The schema of an XML document.

#include <libxml/tree.h>

#include "engine/functions/xml_options.h"
#include "types/data_type.h"

namespace hanok::engine {

types::TypePtr infer_xml_schema(const xmlNode& root, const XmlOptions& options);

// One schema for many documents.
class XmlSchemaInference {
public:
    explicit XmlSchemaInference(const XmlOptions& options) : options_(options) {}
    void add(const xmlNode& root);
    types::TypePtr finish() const;

private:
    const XmlOptions& options_;
    types::TypePtr type_;
};

}  // namespace hanok::engine
