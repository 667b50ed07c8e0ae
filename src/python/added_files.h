#pragma once
// Files that a session gave to its Python code (addArtifacts): modules, archives, data.

#include <string>
#include <vector>

namespace hanok::python {

struct AddedFiles {
    std::string folder;                 // "" for none; workers may read all below it
    std::vector<std::string> includes;  // names in it that modules are imported from (zip files)
};

// What a worker reads of them before its work: where they are, and no broadcast variables.
void put_added_files(std::string* out, const AddedFiles& files);

}  // namespace hanok::python
