#include "python/added_files.h"

#include "python/framing.h"

namespace hanok::python {

void put_added_files(std::string* out, const AddedFiles& files) {
    put_text(out, files.folder);
    put_int(out, static_cast<int32_t>(files.includes.size()));
    for (const auto& name : files.includes) put_text(out, name);
    put_bool(out, false);
    put_int(out, 0);  // broadcast variables
}

}  // namespace hanok::python
