"""extract_descriptors.py OUT PROTO_DIR...: one FileDescriptorSet with the messages of *_pb2.py.

The serialized descriptor is read from the syntax tree of each module, so nothing is imported and no
version of the protobuf runtime has to fit. The well-known types that the files import are added;
order is by dependency.
"""

import ast
import importlib
import pathlib
import sys

from google.protobuf import descriptor_pb2


def from_module(path: pathlib.Path) -> "descriptor_pb2.FileDescriptorProto | None":
    """The descriptor that the generated module registers, or None if it registers none."""
    for node in ast.walk(ast.parse(path.read_text())):
        is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if is_call and node.func.attr == "AddSerializedFile":
            literal = ast.literal_eval(node.args[0])
            return descriptor_pb2.FileDescriptorProto.FromString(literal)
    return None


def well_known(name: str) -> descriptor_pb2.FileDescriptorProto:
    """The descriptor of google/protobuf/X.proto."""
    module = importlib.import_module(name.removesuffix(".proto").replace("/", ".") + "_pb2")
    return descriptor_pb2.FileDescriptorProto.FromString(module.DESCRIPTOR.serialized_pb)


def main(out: str, folders: list[str]) -> None:
    """Writes the set."""
    files: dict[str, descriptor_pb2.FileDescriptorProto] = {}
    for folder in folders:
        for path in sorted(pathlib.Path(folder).glob("*_pb2.py")):
            found = from_module(path)
            if found is not None:
                files[found.name] = found
    pending = [name for file in files.values() for name in file.dependency]
    while pending:
        name = pending.pop()
        if name not in files:
            files[name] = well_known(name)
            pending.extend(files[name].dependency)

    result = descriptor_pb2.FileDescriptorSet()
    done: set[str] = set()

    def emit(name: str) -> None:
        if name in done:
            return
        done.add(name)
        for dependency in files[name].dependency:
            emit(dependency)
        result.file.append(files[name])

    for name in sorted(files):
        emit(name)
    pathlib.Path(out).write_bytes(result.SerializeToString(deterministic=True))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
