#pragma once

#include "analyzer/impl.h"

namespace hanok::analyzer {

// In a call of from_protobuf or to_protobuf the bytes of the file whose path is given, instead of
// the path. Throws PROTOBUF_DESCRIPTOR_FILE_NOT_FOUND.
void load_descriptors(Analyzer::Impl& impl, const std::string& function, resolved::Exprs* args);

}  // namespace hanok::analyzer
