#pragma once
// The schema of an XML document.

#include <libxml/tree.h>

#include "engine/functions/xml_options.h"
#include "types/data_type.h"

namespace hanok::engine {

types::TypePtr infer_xml_schema(const xmlNode& root, const XmlOptions& options);

}  // namespace hanok::engine
