#pragma once
// The rows of a data file that are deleted, as a set of row positions; its stored forms.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "delta/actions.h"
#include "delta/fwd.h"

namespace hanok::base {
class RandomSource;
}

namespace hanok::delta {

class DeletionVector {
public:
    DeletionVector();
    ~DeletionVector();
    DeletionVector(const DeletionVector& other);
    DeletionVector& operator=(const DeletionVector& other);

    bool contains(uint64_t row) const;
    uint64_t cardinality() const;
    void add(uint64_t row);
    void add_many(const std::vector<uint64_t>& rows);
    void merge(const DeletionVector& other);
    /// Deleted rows in [start, start + count), ascending.
    std::vector<uint64_t> rows_in(uint64_t start, uint64_t count) const;
    /// For each row of [start, start + count): keep[i] = not deleted. Returns how many are kept.
    uint64_t keep_mask(uint64_t start, uint64_t count, bool* keep) const;
    std::vector<uint64_t> to_rows() const;

    /// The protocol's RoaringBitmapArray bytes. decode throws DELTA_DELETION_VECTOR_… errors.
    std::string encode() const;
    static DeletionVector decode(const std::string& bytes);

private:
    struct Bits;
    std::unique_ptr<Bits> bits_;
};

/// Reads the vector of a descriptor; checks size, checksum and cardinality.
DeletionVector load_deletion_vector(storage::ObjectStore& store, const std::string& table_root,
    const DeletionVectorDescriptor& descriptor);

/// The absolute path of the file a descriptor points to; "" for inline vectors.
std::string deletion_vector_path(
    const std::string& table_root, const DeletionVectorDescriptor& descriptor);

/// A descriptor that carries the vector itself.
DeletionVectorDescriptor inline_deletion_vector(const DeletionVector& vector);

/// Writes several vectors into one new file below the table; descriptors in the same order.
std::vector<DeletionVectorDescriptor> write_deletion_vectors(storage::ObjectStore& store,
    const std::string& table_root, const std::vector<DeletionVector>& vectors,
    base::RandomSource& random);

/// Z85 (ZeroMQ's base 85). encode pads to 4 bytes with zeros; decode gives `size` bytes back.
std::string z85_encode(const std::string& bytes);
std::string z85_decode(const std::string& text, size_t size);

}  // namespace hanok::delta
