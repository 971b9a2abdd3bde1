# cmake -D AR=... -D ARCHIVE=a -D OTHERS="b;c" -P merge_archives.cmake
# adds every object of b and c to the archive a, in place.
get_filename_component(folder ${ARCHIVE} DIRECTORY)
get_filename_component(name ${ARCHIVE} NAME)
set(merged ${name}.merged)

if(APPLE)
    execute_process(COMMAND libtool -static -o ${merged} ${name} ${OTHERS}
        WORKING_DIRECTORY ${folder} COMMAND_ERROR_IS_FATAL ANY)
else()
    # ar's script language knows no quoting, so every name in it is relative.
    set(script "CREATE ${merged}\nADDLIB ${name}\n")
    foreach(other IN LISTS OTHERS)
        file(RELATIVE_PATH other ${folder} ${other})
        string(APPEND script "ADDLIB ${other}\n")
    endforeach()
    file(WRITE ${folder}/${merged}.mri "${script}SAVE\nEND\n")
    execute_process(COMMAND ${AR} -M INPUT_FILE ${merged}.mri
        WORKING_DIRECTORY ${folder} COMMAND_ERROR_IS_FATAL ANY)
endif()
file(RENAME ${folder}/${merged} ${ARCHIVE})
