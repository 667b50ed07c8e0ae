#include "avro/container.h"

#include <utility>

#include "base/error.h"

namespace hanok::avro {

namespace {

constexpr std::string_view kMagic("Obj\1", 4);
constexpr size_t kSyncBytes = 16;
constexpr size_t kBlockBytes = 64000;

// Does the data end within? Tells the end of the data from nonsense.
template <class Read>
bool ends_within(const Read& read) {
    try {
        read();
        return false;
    } catch (const Error& e) {
        if (e.condition() != "AVRO_MALFORMED_DATA") throw;
        return true;
    }
}

}  // namespace

ContainerWriter::ContainerWriter(const std::string& schema_json, Codec codec,
    const Metadata& metadata, std::string sync, int level)
    : codec_(codec), level_(level), sync_(std::move(sync)) {
    Metadata all = metadata;
    all["avro.schema"] = schema_json;
    all["avro.codec"] = codec_name(codec);
    Encoder encoder(&out_);
    encoder.put_fixed(kMagic);
    encoder.put_long(static_cast<int64_t>(all.size()));
    for (const auto& [key, value] : all) {
        encoder.put_bytes(key);
        encoder.put_bytes(value);
    }
    encoder.put_long(0);
    encoder.put_fixed(sync_);
}

void ContainerWriter::add(std::string_view row) {
    block_ += row;
    in_block_++;
    rows_++;
    if (block_.size() >= kBlockBytes) flush();
}

void ContainerWriter::add(const Schema& schema, const Datum& row) {
    std::string bytes;
    Encoder encoder(&bytes);
    encode(schema, row, &encoder);
    add(bytes);
}

void ContainerWriter::flush() {
    if (in_block_ == 0) return;
    Encoder encoder(&out_);
    encoder.put_long(in_block_);
    encoder.put_bytes(compress(codec_, block_, level_));
    encoder.put_fixed(sync_);
    block_.clear();
    in_block_ = 0;
}

std::string ContainerWriter::take() { return std::exchange(out_, {}); }

std::string ContainerWriter::finish() {
    flush();
    return take();
}

std::optional<ContainerHeader> read_header(std::string_view data) {
    if (data.substr(0, kMagic.size()) != kMagic.substr(0, data.size()))
        throw_malformed("it does not begin as an Avro file does");
    if (data.size() < kMagic.size()) return std::nullopt;
    ContainerHeader out;
    Decoder decoder(data.substr(kMagic.size()));
    bool is_short = ends_within([&] {
        while (int64_t count = decoder.take_block()) {
            for (int64_t i = 0; i < count; i++) {
                std::string key(decoder.take_bytes());
                out.metadata[key] = std::string(decoder.take_bytes());
            }
        }
        out.sync = std::string(decoder.take_fixed(kSyncBytes));
    });
    if (is_short) return std::nullopt;
    out.size_bytes = kMagic.size() + decoder.position();
    auto codec = out.metadata.find("avro.codec");
    if (codec != out.metadata.end()) out.codec = codec_of(codec->second);
    out.schema = parse_schema(out.metadata["avro.schema"]);
    return out;
}

std::optional<Block> read_block(const ContainerHeader& header, std::string_view data) {
    Block out;
    Decoder decoder(data);
    std::string_view stored, sync;
    bool is_short = ends_within([&] {
        out.rows = decoder.take_long();
        stored = decoder.take_bytes();
        sync = decoder.take_fixed(kSyncBytes);
    });
    if (is_short) return std::nullopt;
    if (sync != header.sync || out.rows < 0) throw_malformed("a block does not end where it says");
    out.data = decompress(header.codec, stored);
    out.size_bytes = decoder.position();
    return out;
}

std::vector<Datum> read_rows(std::string_view file, ContainerHeader* header) {
    auto found = read_header(file);
    if (!found) throw_malformed("it ends within its header");
    *header = std::move(*found);
    std::vector<Datum> out;
    file.remove_prefix(header->size_bytes);
    while (!file.empty()) {
        auto block = read_block(*header, file);
        if (!block) throw_malformed("it ends within a block");
        Decoder decoder(block->data);
        for (int64_t i = 0; i < block->rows; i++) out.push_back(decode(*header->schema, &decoder));
        file.remove_prefix(block->size_bytes);
    }
    return out;
}

}  // namespace hanok::avro
